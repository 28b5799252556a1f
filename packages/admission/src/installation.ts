import {
  type Catalogue,
  CatalogueError,
  type CatalogueName,
  catalogueNames,
  type Datacenter,
  keepUsedVersions,
  loadCatalogue,
  overlayCatalogue,
  type ProviderName,
  providers,
  type RuleContext,
  type SeedDefaults,
  type UsedVersion,
} from "@fairlead/network";
import {
  type ClusterTemplate,
  type Datacenter as DatacenterResource,
  datacenterIPv6Flag,
  datacenterProvider,
  datacenterRegion,
  type KubermaticConfiguration,
  type KubermaticConfigurationSpec,
  type Seed,
} from "@fairlead/resources";

/** The settings that are in force: read from the management API by whoever asks the rules. */
export interface Installation {
  /** Undefined before it was created; then KKP's own defaults hold. */
  readonly configuration?: KubermaticConfiguration;
  readonly seeds: readonly Seed[];
  /** Those that seeds name as their defaults; others do no harm. */
  readonly defaultTemplates?: readonly ClusterTemplate[];
}

/** A KubermaticConfiguration that cannot be worked with; the message names the field and what it may be. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

type CniSettings = NonNullable<NonNullable<KubermaticConfigurationSpec["userCluster"]>["cni"]>;

/** Checked once: configurations come from a cache and are not changed in place. */
const overlaid = new WeakMap<CniSettings, Catalogue>();

/**
 * The CNI catalogue that is configured, with the operator's overlay.
 * @param used versions of existing clusters: those that the overlay has removed are there as deprecated
 * @throws ConfigurationError if the configuration names a catalogue that there is not, or the overlay is not valid
 */
export function catalogueOf(installation: Installation, used: Iterable<UsedVersion> = []): Catalogue {
  const settings = installation.configuration?.spec?.userCluster?.cni ?? {};
  const name = settings.catalogue ?? "current";
  if (!isCatalogueName(name)) {
    throw new ConfigurationError(
      `spec.userCluster.cni.catalogue: Unsupported value: "${name}": supported values: ${catalogueNames.map((known) => `"${known}"`).join(", ")}`,
    );
  }
  const shipped = loadCatalogue(name);
  const catalogue = overlaid.get(settings) ?? overlay(shipped, settings.overlay);
  overlaid.set(settings, catalogue);
  return keepUsedVersions(catalogue, used, shipped);
}

function overlay(shipped: Catalogue, changes: unknown): Catalogue {
  if (changes === undefined) return shipped;
  try {
    return overlayCatalogue(shipped, changes, "spec.userCluster.cni.overlay");
  } catch (cause) {
    if (cause instanceof CatalogueError) throw new ConfigurationError(cause.message, { cause });
    throw cause;
  }
}

function isCatalogueName(name: string): name is CatalogueName {
  return (catalogueNames as readonly string[]).includes(name);
}

/** Those that Fairlead ships for users to install. */
const addonsForUsers = ["hubble", "multus"];
/** A cluster's CNI is the platform's business, whatever the configuration says. */
const cniAddons = new Set(["canal", "cilium"]);

/** Names of the add-ons that users may install and see, sorted. */
export function accessibleAddons(installation: Installation): string[] {
  const names = installation.configuration?.spec?.api?.accessibleAddons ?? addonsForUsers;
  return [...new Set(names)].filter((name) => !cniAddons.has(name)).sort();
}

/** Kubernetes versions on offer, as configured, without a leading `v`. */
export function kubernetesVersions(installation: Installation): string[] {
  return (installation.configuration?.spec?.versions?.versions ?? []).map((version) => version.replace(/^v/, ""));
}

/** The version of a cluster whose creator names none: the configured default, else the last one on offer. */
export function defaultKubernetesVersion(installation: Installation): string | undefined {
  return (
    installation.configuration?.spec?.versions?.default?.replace(/^v/, "") ?? kubernetesVersions(installation).at(-1)
  );
}

/** A datacenter and the seed that it belongs to. */
export interface LocatedDatacenter {
  readonly seed: Seed;
  readonly datacenter: Datacenter;
}

export function findDatacenter(installation: Installation, name: string): LocatedDatacenter | undefined {
  for (const seed of installation.seeds) {
    const datacenters = seed.spec.datacenters ?? {};
    const found = Object.hasOwn(datacenters, name) ? datacenters[name] : undefined;
    if (!found) continue;
    const provider = datacenterProvider(found);
    if (!provider) return undefined;
    const region = datacenterRegion(found);
    return {
      seed,
      datacenter: { name, provider, ipv6Enabled: ipv6Enabled(provider, found), ...(region ? { region } : {}) },
    };
  }
  return undefined;
}

/** Whether nodes can have IPv6 addresses: with some providers always, with some as the datacenter says. */
export function ipv6Enabled(provider: ProviderName, datacenter: DatacenterResource): boolean {
  switch (providers.get(provider)?.ipv6) {
    case "always":
      return true;
    case "datacenter":
      return datacenterIPv6Flag(datacenter);
    case "unknown":
    case undefined:
      return false;
  }
}

/**
 * What the rules need to know beside the spec itself.
 * @param datacenterName `spec.cloud.dc`; unknown or empty leaves the datacenter out, which the rules then refuse
 */
export function ruleContext(installation: Installation, datacenterName: string): RuleContext {
  const located = findDatacenter(installation, datacenterName);
  return {
    ...(located ? { datacenter: located.datacenter, provider: located.datacenter.provider } : {}),
    catalogue: catalogueOf(installation),
    kubernetesVersions: kubernetesVersions(installation),
    seedDefaults: seedDefaults(installation, located?.seed),
  };
}

/** What the seed says, else what the configuration says for all seeds. */
function seedDefaults(installation: Installation, seed: Seed | undefined): SeedDefaults {
  const configuration = installation.configuration?.spec;
  const exposeStrategy = seed?.spec.exposeStrategy ?? configuration?.exposeStrategy;
  const settings = seed?.spec.defaultComponentSettings ?? {};
  const nodePortRange = settings.apiserver?.nodePortRange ?? configuration?.userCluster?.nodePortRange;
  return {
    ...(exposeStrategy ? { exposeStrategy } : {}),
    componentsOverride: {
      ...settings,
      ...(nodePortRange ? { apiserver: { ...settings.apiserver, nodePortRange } } : {}),
    },
  };
}
