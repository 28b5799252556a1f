/**
 * What a fresh embedded installation holds: one seed, a datacenter for each provider, the Kubernetes versions that can be
 * run here, and the loopback registry as source of charts. Pure.
 * @module
 */
import {
  cloudProviders,
  type Datacenter,
  installationNamespace,
  type KubermaticConfiguration,
  type Seed,
} from "@fairlead/resources";

const SEED_NAME = "embedded";
const CONFIGURATION_NAME = "fairlead";
/** Repository of Fairlead's own charts in the loopback registry. */
export const CHART_REPOSITORY = "fairlead";

/** Datacenter `local` has no cloud provider; the others are named after theirs. Their nodes are simulated. */
export function embeddedSeed(): Seed {
  const datacenters: Record<string, Datacenter> = {};
  for (const provider of cloudProviders) {
    const name = provider === "bringyourown" ? "local" : `${provider}-dc`;
    datacenters[name] = { location: "This machine (simulated nodes)", spec: { [provider]: {} } };
  }
  return {
    metadata: { name: SEED_NAME, namespace: installationNamespace },
    spec: { location: "This machine", datacenters },
  };
}

export interface ConfigurationInput {
  /** Kubernetes versions that can be run, oldest first. */
  kubernetesVersions: readonly string[];
  defaultKubernetesVersion: string;
  /** `host:port` of the registry on loopback. */
  registry: string;
}

export function embeddedConfiguration(input: ConfigurationInput): KubermaticConfiguration {
  return {
    metadata: { name: CONFIGURATION_NAME, namespace: installationNamespace },
    spec: {
      versions: { default: input.defaultKubernetesVersion, versions: [...input.kubernetesVersions] },
      userCluster: {
        cni: { catalogue: "current" },
        systemApplications: { helmRepository: helmRepository(input.registry), plainHTTP: true },
      },
    },
  };
}

/**
 * The change that a stored configuration needs because the loopback registry has another port than at the last start.
 * A repository that an operator chose is left alone.
 */
export function registryMoved(stored: KubermaticConfiguration, registry: string): { spec: object } | undefined {
  const current = stored.spec?.userCluster?.systemApplications?.helmRepository;
  if (current === undefined || !loopbackRepository.test(current) || current === helmRepository(registry))
    return undefined;
  return { spec: { userCluster: { systemApplications: { helmRepository: helmRepository(registry) } } } };
}

const loopbackRepository = new RegExp(`^127\\.0\\.0\\.1:\\d+/${CHART_REPOSITORY}$`);

function helmRepository(registry: string): string {
  return `${registry}/${CHART_REPOSITORY}`;
}
