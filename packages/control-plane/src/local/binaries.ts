import { describeProgress, ensureBinaries, type OnProgress, type ResolvedBinary } from "@fairlead/components";

/** Paths of the programs that a user cluster's control plane is made of. */
export interface BinaryPaths {
  apiServer: string;
  controllerManager: string;
  scheduler: string;
  kwok: string;
}

/** Looks for the binaries of each Kubernetes version once, and again only after a failure. */
export class ControlPlaneBinaries {
  readonly #byVersion = new Map<string, Promise<BinaryPaths>>();
  readonly #activities = new Map<string, string>();

  /** What is being downloaded or built for a version right now, and how far it is. */
  activity(version: string): string | undefined {
    return this.#activities.get(version);
  }

  /** Builds them if need be, which can take minutes and goes on when the caller gives up: others wait for it, too. */
  async resolve(version: string, signal: AbortSignal): Promise<BinaryPaths> {
    let paths = this.#byVersion.get(version);
    if (paths === undefined) {
      paths = resolveAll(version, (progress) => {
        const idle = progress.phase === "checking" || progress.phase === "ready";
        if (idle) this.#activities.delete(version);
        else this.#activities.set(version, `${progress.name} ${progress.version}: ${describeProgress(progress)}`);
      }).finally(() => this.#activities.delete(version));
      this.#byVersion.set(version, paths);
      paths.catch(() => this.#byVersion.delete(version));
    }
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = () => reject(signal.reason);
    signal.throwIfAborted();
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([paths, aborted]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}

async function resolveAll(version: string, onProgress: OnProgress): Promise<BinaryPaths> {
  const binaries = await ensureBinaries(
    [
      { name: "kube-apiserver", version },
      { name: "kube-controller-manager", version },
      { name: "kube-scheduler", version },
      "kwok",
    ],
    { onProgress },
  );
  return {
    apiServer: pathOf(binaries, "kube-apiserver"),
    controllerManager: pathOf(binaries, "kube-controller-manager"),
    scheduler: pathOf(binaries, "kube-scheduler"),
    kwok: pathOf(binaries, "kwok"),
  };
}

/** The path of one of the binaries that were asked for. */
export function pathOf(binaries: readonly ResolvedBinary[], name: string): string {
  const binary = binaries.find((candidate) => candidate.name === name);
  if (binary === undefined) throw new Error(`${name} is not among the binaries that were found`);
  return binary.path;
}
