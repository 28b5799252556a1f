import {
  applyRelease,
  type HelmRunner,
  type RegistryAccess,
  readRevision,
  registryConfigFor,
  releaseName,
  removeRelease,
  type StoredRelease,
} from "@fairlead/helm";
import {
  builtin,
  type Informer,
  type KubeClient,
  type ReconcileContext,
  type Reconciler,
  type Request,
  type Result,
} from "@fairlead/kube";
import {
  type ApplicationDefinition,
  type ApplicationInstallation,
  type ApplicationVersion,
  applicationInstallationType,
  installationNamespace,
} from "@fairlead/resources";
import { changedConditions } from "../conditions.ts";
import type { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import type { UserCluster, UserClusters } from "../user-clusters/user-clusters.ts";
import { addFinalizer, removeFinalizer, writeStatus } from "../writes.ts";
import {
  chartOf,
  deploymentOf,
  failurePhase,
  findVersion,
  helmSource,
  intervalMs,
  UnusableInstallationError,
} from "./plan.ts";
import { installationConditions, type Phase } from "./status.ts";

const INSTALLATION_FINALIZER = "kubermatic.k8c.io/cleanup-application-installation";
const STAND_IN_ANNOTATION = "fairlead.dev/stand-in";
const uninstallTimeoutMs = 5 * 60_000;

export interface ApplicationInstallationOptions {
  management: KubeClient;
  definitions: Informer<ApplicationDefinition>;
  installations: UserClusterInformers<ApplicationInstallation>;
  userClusters: UserClusters;
  runner: HelmRunner;
}

/** Installs, upgrades and removes the helm releases of ApplicationInstallations. Not gated on nodes: a CNI comes before them. */
export class ApplicationInstallationReconciler implements Reconciler {
  readonly #options: ApplicationInstallationOptions;

  constructor(options: ApplicationInstallationOptions) {
    this.#options = options;
  }

  async reconcile(
    { cluster: id = "", name, namespace = "" }: Request,
    context: ReconcileContext,
  ): Promise<Result | undefined> {
    const userCluster = this.#options.userClusters.get(id);
    const installation = this.#options.installations.get(id)?.get(`${namespace}/${name}`);
    if (!userCluster || !installation) return undefined;
    const scope: Scope = {
      userCluster,
      installation,
      logger: context.logger,
      signal: AbortSignal.any([context.signal, userCluster.signal]),
    };
    const { deletionTimestamp, finalizers = [] } = installation.metadata;
    if (deletionTimestamp) {
      if (finalizers.includes(INSTALLATION_FINALIZER)) await this.#remove(scope);
      return undefined;
    }
    if (!finalizers.includes(INSTALLATION_FINALIZER)) {
      await addFinalizer(userCluster.client, applicationInstallationType, {
        object: installation,
        finalizer: INSTALLATION_FINALIZER,
        signal: scope.signal,
      });
      return undefined; // The write comes back as an event.
    }
    try {
      return await this.#install(scope);
    } catch (error) {
      if (!scope.signal.aborted) await this.#writePhase(scope, failurePhase(error));
      if (error instanceof UnusableInstallationError) return undefined; // An event of the definition brings it back.
      throw error;
    }
  }

  async #install(scope: Scope): Promise<Result | undefined> {
    const { installation, userCluster, signal, logger } = scope;
    const definition = this.#options.definitions.get(installation.spec.applicationRef.name);
    const version = findVersion(installation, definition);
    const chart = chartOf(version, await this.#credentials(version, signal));
    const target = releaseTarget(scope);
    if (installation.status?.conditions?.Ready?.observedGeneration !== installation.metadata.generation) {
      await this.#writePhase(scope, { phase: "installing", message: `Installing version ${version.version}` });
    }
    const outcome = await applyRelease(
      { runner: this.#options.runner, client: userCluster.client, logger, signal },
      target,
      {
        chart,
        values: installation.spec.values ?? {},
        ...deploymentOf(installation, definition as ApplicationDefinition),
        createNamespace: installation.spec.namespace.create === true,
      },
    );
    if (outcome.wait) {
      const { untilMs, reason, failedAttempts } = outcome.wait;
      if (failedAttempts > 0) await this.#keepFailure(scope, reason);
      return { requeueAfterMs: Math.max(1000, untilMs - Date.now()) };
    }
    await this.#writeInstalled(scope, version, outcome.revision);
    const interval = intervalMs(installation);
    return interval ? { requeueAfterMs: interval } : undefined;
  }

  /** The first message says what went wrong; this one comes only where it got lost. */
  async #keepFailure(scope: Scope, reason: string): Promise<void> {
    if (scope.installation.status?.conditions?.Ready?.status !== "False") {
      await this.#writePhase(scope, { phase: "failed", message: reason });
    }
  }

  /** What helm needs to log in, out of Secrets in the installation's namespace of the management API. */
  async #credentials(version: ApplicationVersion, signal: AbortSignal): Promise<RegistryAccess> {
    const { url, credentials } = helmSource(version);
    if (!credentials) return {};
    const read = async (selector: { name?: string | undefined; key: string } | undefined) => {
      if (!selector) return undefined;
      const ref = { name: selector.name ?? "", namespace: installationNamespace };
      const secret = await this.#options.management.get(builtin.Secret, ref, { signal });
      const value = secret.data?.[selector.key];
      if (value === undefined) throw new Error(`Secret ${ref.namespace}/${ref.name} has no key "${selector.key}"`);
      return Buffer.from(value, "base64").toString("utf8");
    };
    const registryConfig = await read(credentials.registryConfigFile);
    if (registryConfig !== undefined) return { registryConfig };
    const [username, password] = await Promise.all([read(credentials.username), read(credentials.password)]);
    if (username === undefined || password === undefined) return {};
    return { registryConfig: registryConfigFor(new URL(url.replace(/^oci:/, "https:")).host, { username, password }) };
  }

  /** A failed removal keeps the finalizer: an installation that is gone leaves nothing behind. */
  async #remove(scope: Scope): Promise<void> {
    const { userCluster, logger, signal } = scope;
    const context = { runner: this.#options.runner, client: userCluster.client, logger, signal };
    try {
      await removeRelease(context, releaseTarget(scope), { wait: "watcher", timeoutMs: uninstallTimeoutMs });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) await this.#writePhase(scope, { phase: "uninstall-failed", message });
      throw error;
    }
    await removeFinalizer(userCluster.client, applicationInstallationType, {
      object: scope.installation,
      finalizer: INSTALLATION_FINALIZER,
      signal,
    });
  }

  /** Reading a stored release costs hundreds of kilobytes: only what is not in the status yet is read. */
  async #writeInstalled(scope: Scope, version: ApplicationVersion, revision: number): Promise<void> {
    const { installation, userCluster, signal } = scope;
    const { conditions, helmRelease } = installation.status ?? {};
    const ready = conditions?.Ready;
    const recorded = ready?.status === "True" && ready.observedGeneration === installation.metadata.generation;
    if (recorded && helmRelease?.version === revision) return;
    const { name, namespace } = releaseTarget(scope);
    const stored = await readRevision(userCluster.client, { name, namespace }, { revision, signal });
    await this.#writePhase(
      scope,
      { phase: "installed", message: installedMessage(version.version, stored) },
      { method: "helm", applicationVersion: version, helmRelease: releaseStatus(name, revision, stored) },
    );
  }

  async #writePhase(scope: Scope, phase: Phase, more: object = {}): Promise<void> {
    const { installation, userCluster, signal } = scope;
    const wanted = installationConditions(phase, installation.metadata.generation ?? 0);
    const conditions = changedConditions(installation.status?.conditions, wanted, new Date());
    const status = { ...more, conditions };
    await writeStatus(userCluster.client, applicationInstallationType, { object: installation, status, signal });
  }
}

/** People must not take Fairlead's own chart for the Cilium project's (DESIGN section 6). */
function installedMessage(version: string, { chart }: StoredRelease): string {
  const standIn = chart.metadata.annotations?.[STAND_IN_ANNOTATION] === "true";
  return standIn
    ? `Installed version ${version} of Fairlead's stand-in chart, for simulated nodes only`
    : `Installed version ${version}`;
}

function releaseStatus(name: string, version: number, { info }: StoredRelease) {
  const { status, description, notes, first_deployed: firstDeployed, last_deployed: lastDeployed } = info;
  return { name, version, info: { status, description, notes, firstDeployed, lastDeployed } };
}

interface Scope {
  userCluster: UserCluster;
  installation: ApplicationInstallation;
  logger: ReconcileContext["logger"];
  signal: AbortSignal;
}

function releaseTarget({ installation, userCluster }: Scope) {
  const { name = "", namespace = "" } = installation.metadata;
  return {
    // KKP names a release after the installation, and installs it where the installation says.
    name: releaseName(namespace, name),
    namespace: installation.spec.namespace.name,
    kubeconfig: { text: userCluster.kubeconfig },
  };
}
