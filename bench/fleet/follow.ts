import { Informer, type KubeClient, keyOf } from "@fairlead/kube";
import {
  type Addon,
  addonResourcesCreated,
  addonType,
  type Cluster,
  clusterNamespace,
  clusterType,
} from "@fairlead/resources";

const clusterConditions = ["ClusterControllerReconciledSuccessfully", "TunnelReady"];
/** Beside the CNI's, if it has one. */
const leastAddons = 4;

/** Tells from outside, by watching the management API, which clusters are reconciled. */
export class FleetFollower {
  readonly #clusters: Informer<Cluster>;
  readonly #addons: Informer<Addon>;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #reconciled = new Set<string>();
  #changed: () => void = () => undefined;

  /** @param signal ends it, too */
  constructor(client: KubeClient, signal?: AbortSignal) {
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    const slim = <T extends Cluster | Addon>(object: T): T => {
      const { name = "", namespace } = object.metadata;
      return { ...object, metadata: { name, ...(namespace ? { namespace } : {}), ...versionOf(object) } };
    };
    this.#clusters = new Informer({ client, type: clusterType, transform: slim });
    this.#addons = new Informer({ client, type: addonType, transform: slim });
    this.#addons.addIndex("namespace", ({ metadata }) => [metadata.namespace ?? ""]);
    const look = (id: string) => this.#look(id);
    const lookAtOwner = ({ metadata }: Addon) => look((metadata.namespace ?? "").replace(/^cluster-/, ""));
    const follow = { onAdd: lookAtOwner, onUpdate: (_: Addon, addon: Addon) => lookAtOwner(addon) };
    this.#addons.addHandler(follow);
    this.#clusters.addHandler({
      onAdd: ({ metadata }) => look(keyOf(metadata)),
      onUpdate: (_, { metadata }) => look(keyOf(metadata)),
    });
    this.#clusters.start(this.#signal);
    this.#addons.start(this.#signal);
  }

  get reconciled(): number {
    return this.#reconciled.size;
  }

  async synced(): Promise<void> {
    await Promise.all([this.#clusters.synced(), this.#addons.synced()]);
  }

  /** Until so many clusters have been reconciled. @throws Error after the timeout; the signal's reason when aborted */
  async until(count: number, timeoutMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(this.#lacking(count))), timeoutMs);
    this.#changed = () => {
      if (this.#reconciled.size >= count) resolve();
    };
    this.#changed();
    const onAbort = () => reject(this.#signal.reason);
    this.#signal.addEventListener("abort", onAbort);
    try {
      this.#signal.throwIfAborted();
      await promise;
    } finally {
      clearTimeout(timer);
      this.#signal.removeEventListener("abort", onAbort);
      this.#changed = () => undefined;
    }
  }

  /** What was seen last; without what the benchmarks do not need. */
  cluster(id: string): Cluster | undefined {
    return this.#clusters.get(id);
  }

  stop(): void {
    this.#stop.abort();
  }

  #look(id: string): void {
    if (this.#reconciled.has(id) || !this.#isReconciled(id)) return;
    this.#reconciled.add(id);
    this.#changed();
  }

  #isReconciled(id: string): boolean {
    const { spec, status } = this.#clusters.get(id) ?? {};
    const hasCni = spec?.cniPlugin?.type !== "none";
    const wanted = [...clusterConditions, ...(hasCni ? ["CNIReady"] : [])];
    if (!wanted.every((type) => status?.conditions?.[type]?.status === "True")) return false;
    const addons = this.#addons.byIndex("namespace", clusterNamespace(id));
    return (
      addons.length >= leastAddons + (hasCni ? 1 : 0) &&
      addons.every(({ status }) => status?.conditions?.[addonResourcesCreated]?.status === "True")
    );
  }

  #lacking(count: number): string {
    const one = this.#clusters.list().find(({ metadata }) => !this.#reconciled.has(metadata.name ?? ""));
    const conditions = JSON.stringify(one?.status?.conditions);
    const addons = this.#addons
      .byIndex("namespace", clusterNamespace(one?.metadata.name ?? ""))
      .map(({ metadata, status }) => `${metadata.name}: ${JSON.stringify(status?.conditions)}`);
    return `${this.#reconciled.size} of ${count} clusters are reconciled; ${one?.metadata.name} is not: ${conditions}; ${addons.join("; ")}`;
  }
}

function versionOf({ metadata: { resourceVersion } }: Cluster | Addon) {
  return resourceVersion === undefined ? {} : { resourceVersion };
}
