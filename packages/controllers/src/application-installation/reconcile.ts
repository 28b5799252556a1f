import { isDeepStrictEqual } from "node:util";
import { cniContradictions, type Installation, isCniApplication, isNamespaceName } from "@fairlead/admission";
import {
  applyRelease,
  type HelmRunner,
  type ReleaseOutcome,
  readRevision,
  releaseName,
  removeRelease,
  type StoredRelease,
} from "@fairlead/helm";
import {
  EventRecorder,
  type EventText,
  establishDefinitions,
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
  applicationManagedByLabel,
  type Cluster,
  clusterType,
  type HelmValues,
} from "@fairlead/resources";
import { changedConditions } from "../conditions.ts";
import { FIELD_MANAGER } from "../names.ts";
import type { UserClusterInformers } from "../user-clusters/user-cluster-informers.ts";
import type { UserCluster, UserClusters } from "../user-clusters/user-clusters.ts";
import { addFinalizer, removeFinalizer, writeStatus } from "../writes.ts";
import { ChartSources } from "./chart-sources.ts";
import { ensureNamespace } from "./namespace.ts";
import {
  deploymentOf,
  failurePhase,
  findVersion,
  intervalMs,
  isWorthRetrying,
  recordedVersion,
  requireNamespace,
  UnusableInstallationError,
  valuesFor,
} from "./plan.ts";
import { installationConditions, type Phase } from "./status.ts";
import { sealKey, VersionSeal } from "./version-seal.ts";

const INSTALLATION_FINALIZER = "kubermatic.k8c.io/cleanup-application-installation";
const STAND_IN_ANNOTATION = "fairlead.dev/stand-in";
const uninstallTimeoutMs = 5 * 60_000;

export interface ApplicationInstallationOptions {
  management: KubeClient;
  clusters: Informer<Cluster>;
  definitions: Informer<ApplicationDefinition>;
  installations: UserClusterInformers<ApplicationInstallation>;
  userClusters: UserClusters;
  runner: HelmRunner;
  installation: () => Installation;
}

/** Installs, upgrades and removes the helm releases of ApplicationInstallations. Not gated on nodes: a CNI comes before them. */
export class ApplicationInstallationReconciler implements Reconciler {
  readonly #options: ApplicationInstallationOptions;
  readonly #sources: ChartSources;
  readonly #seal: VersionSeal;
  readonly #recorders = new WeakMap<KubeClient, EventRecorder>();

  constructor(options: ApplicationInstallationOptions) {
    this.#options = options;
    this.#sources = new ChartSources(options);
    this.#seal = new VersionSeal((signal) => sealKey(options.management, signal));
  }

  async reconcile(
    { cluster: id = "", name, namespace = "" }: Request,
    context: ReconcileContext,
  ): Promise<Result | undefined> {
    const userCluster = this.#options.userClusters.get(id);
    const installation = this.#options.installations.get(id)?.get(`${namespace}/${name}`);
    const cluster = this.#options.clusters.get(id);
    if (!userCluster || !installation || !cluster || cluster.spec.pause) return undefined;
    const scope: Scope = {
      userCluster,
      installation,
      cluster,
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
      if (!scope.signal.aborted) await this.#reportFailure(scope, error);
      if (!isWorthRetrying(error)) return undefined;
      throw error;
    }
  }

  async #install(scope: Scope): Promise<Result | undefined> {
    const { installation, userCluster, cluster, signal, logger } = scope;
    const definition = this.#options.definitions.get(installation.spec.applicationRef.name);
    const version = await this.#version(scope, definition);
    requireNamespace(installation);
    const values = valuesFor(installation, cluster);
    const chart = await this.#sources.chart(version, signal);
    const target = releaseTarget(scope);
    const { Ready } = installation.status?.conditions ?? {};
    // An attempt before was cut off, or failed: helm waits for them.
    if (Ready && Ready.status !== "True") await this.#establish(scope);
    if (Ready?.observedGeneration !== installation.metadata.generation) {
      await this.#writePhase(scope, { phase: "installing", message: `Installing version ${version.version}` });
    }
    await ensureNamespace(userCluster.client, installation.spec.namespace, signal);
    const cni = ownCni(scope, definition, version.version);
    // A version that is about to be installed must not be taken away meanwhile; one that runs counts until another does.
    if (cni && !cniOf(scope)) await this.#recordCni(scope, cni);
    const outcome = await applyRelease(
      { runner: this.#options.runner, client: userCluster.client, logger, signal },
      target,
      {
        chart,
        values,
        ...deploymentOf(installation, definition),
      },
    );
    if (outcome.wait) {
      const { untilMs, reason, failedAttempts } = outcome.wait;
      if (failedAttempts > 0) await this.#keepFailure(scope, reason);
      return { requeueAfterMs: Math.max(1000, untilMs - Date.now()) };
    }
    await this.#recordCni(scope, cni);
    await this.#writeInstalled(scope, version, outcome.revision);
    await this.#tellOutcome(scope, { outcome, version, definition, values });
    const interval = intervalMs(installation);
    return interval ? { requeueAfterMs: interval } : undefined;
  }

  /** That of the definition, or, where that has lost it, the one that is installed already. */
  async #version(scope: Scope, definition: ApplicationDefinition | undefined): Promise<ApplicationVersion> {
    const { applicationRef } = scope.installation.spec;
    try {
      return findVersion(applicationRef, definition);
    } catch (error) {
      const recorded = recordedVersion(scope.installation);
      if (!(error instanceof UnusableInstallationError) || !recorded) throw error;
      const seal = scope.installation.status?.applicationVersionSeal;
      // The status is in the user cluster: whoever rules there may have written it.
      if (!(await this.#seal.isGenuine(recorded, { ...sealedFor(scope), seal }, scope.signal))) throw error;
      await this.#tell(scope, {
        type: "Warning",
        reason: definition ? "ApplicationVersionRemoved" : "ApplicationDefinitionRemoved",
        action: "Keep",
        note: `${error.message}; version ${recorded.version}, which is installed, is kept as it is`,
      });
      return recorded;
    }
  }

  async #tellOutcome(scope: Scope, { outcome, version, definition, values }: Told): Promise<void> {
    if (outcome.steps.length === 0) return;
    const note = `Installed version ${version.version} as revision ${outcome.revision} of its release`;
    await this.#tell(scope, { type: "Normal", reason: "InstallationSuccessful", action: "Install", note });
    if (!ownCni(scope, definition, version.version)) return;
    for (const { field, message } of cniContradictions(values, scope.cluster)) {
      const reason = "CNIValuesContradictCluster";
      await this.#tell(scope, { type: "Warning", reason, action: "Install", note: `${field}: ${message}` });
    }
  }

  async #reportFailure(scope: Scope, error: unknown): Promise<void> {
    const phase = failurePhase(error);
    const failed = scope.installation.status?.failures ?? 0;
    await this.#writePhase(scope, phase, phase.phase === "failed" ? { failures: failed + 1 } : {});
    const { message: note } = phase;
    await this.#tell(scope, {
      type: "Warning",
      reason: "ApplicationInstallationReconcileFailed",
      action: "Install",
      note,
    });
  }

  async #establish({ userCluster, logger, signal }: Scope): Promise<void> {
    const names = await establishDefinitions(userCluster.client, { fieldManager: FIELD_MANAGER, signal });
    if (names.length > 0) logger.info({ definitions: names }, "Had definitions established that were left accepted");
  }

  /** The first message says what went wrong; this one comes only where it got lost. */
  async #keepFailure(scope: Scope, reason: string): Promise<void> {
    if (scope.installation.status?.conditions?.Ready?.status !== "False") {
      await this.#writePhase(scope, { phase: "failed", message: reason });
    }
  }

  /** A failed removal keeps the finalizer, and is tried again: an installation that is gone leaves nothing behind. */
  async #remove(scope: Scope): Promise<void> {
    const { userCluster, logger, signal } = scope;
    const context = { runner: this.#options.runner, client: userCluster.client, logger, signal };
    try {
      // In a namespace that cannot be nothing was ever installed.
      if (isNamespaceName(scope.installation.spec.namespace.name))
        await removeRelease(context, releaseTarget(scope), { wait: "watcher", timeoutMs: uninstallTimeoutMs });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) {
        await this.#writePhase(scope, { phase: "uninstall-failed", message });
        await this.#tell(scope, { type: "Warning", reason: "UninstallFailed", action: "Uninstall", note: message });
      }
      throw error;
    }
    await this.#recordCni(scope, undefined);
    await removeFinalizer(userCluster.client, applicationInstallationType, {
      object: scope.installation,
      finalizer: INSTALLATION_FINALIZER,
      signal,
    });
  }

  /** Admission asks the Clusters which versions of a definition have to stay. */
  async #recordCni(scope: Scope, cni: CniApplication | undefined): Promise<void> {
    if (isDeepStrictEqual(cniOf(scope), cni)) return;
    const status = { cniApplications: { [keyOf(scope)]: cni ?? null } };
    const { management } = this.#options;
    const options = { fieldManager: FIELD_MANAGER, signal: scope.signal };
    await management.mergePatchStatus(clusterType, { name: scope.userCluster.id }, { status }, options);
  }

  /** Reading a stored release costs hundreds of kilobytes: only what is not in the status yet is read. */
  async #writeInstalled(scope: Scope, version: ApplicationVersion, revision: number): Promise<void> {
    const { installation, userCluster, signal } = scope;
    const { conditions, helmRelease, applicationVersionSeal } = installation.status ?? {};
    const ready = conditions?.Ready;
    const recorded = ready?.status === "True" && ready.observedGeneration === installation.metadata.generation;
    const retrieved = conditions?.ManifestsRetrieved?.status === "True";
    if (recorded && retrieved && helmRelease?.version === revision && applicationVersionSeal) return;
    const { name, namespace } = releaseTarget(scope);
    const stored = await readRevision(userCluster.client, { name, namespace }, { revision, signal });
    await this.#writePhase(
      scope,
      { phase: "installed", message: installedMessage(version.version, stored) },
      {
        method: "helm",
        applicationVersion: version,
        applicationVersionSeal: await this.#seal.seal(version, sealedFor(scope), signal),
        helmRelease: releaseStatus(name, revision, stored),
        failures: 0,
      },
    );
  }

  async #writePhase(scope: Scope, phase: Phase, more: object = {}): Promise<void> {
    const { installation, userCluster, signal } = scope;
    const wanted = installationConditions(phase, installation.metadata.generation ?? 0);
    const conditions = changedConditions(installation.status?.conditions, wanted, new Date());
    const status = { ...more, conditions };
    await writeStatus(userCluster.client, applicationInstallationType, { object: installation, status, signal });
  }

  async #tell({ userCluster: { client }, installation, signal }: Scope, text: EventText): Promise<void> {
    const reportingController = "fairlead.dev/application-installation";
    const recorder = this.#recorders.get(client) ?? new EventRecorder({ client, reportingController });
    this.#recorders.set(client, recorder);
    await recorder.record(installation, text, signal);
  }
}

interface Told {
  outcome: ReleaseOutcome;
  version: ApplicationVersion;
  definition: ApplicationDefinition | undefined;
  values: HelmValues;
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
  cluster: Cluster;
  logger: ReconcileContext["logger"];
  signal: AbortSignal;
}

type CniApplication = NonNullable<NonNullable<Cluster["status"]>["cniApplications"]>[string];

/** Undefined if the application is no CNI, or Fairlead's own. */
function ownCni(
  { installation }: Scope,
  definition: ApplicationDefinition | undefined,
  version: string,
): CniApplication | undefined {
  const managed = installation.metadata.labels?.[applicationManagedByLabel] !== undefined;
  if (managed || !isCniApplication(installation, definition)) return undefined;
  return { application: installation.spec.applicationRef.name, version };
}

/** What the Cluster has on record. */
function cniOf(scope: Scope): CniApplication | undefined {
  return scope.cluster.status?.cniApplications?.[keyOf(scope)];
}

function keyOf({ installation: { metadata } }: Scope): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function sealedFor({ userCluster, installation }: Scope) {
  return { clusterId: userCluster.id, application: installation.spec.applicationRef.name };
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
