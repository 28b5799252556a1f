import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@fairlead/components";
import { KubeClient, waitFor } from "@fairlead/kube";
import {
  applicationInstallationType,
  clusterType,
  initialMachineDeploymentAnnotation,
  projectType,
} from "@fairlead/resources";
import { layoutOf } from "../start/layout.ts";
import { commandLinesOf, FairleadProcess, processesOf } from "../start/testing/fairlead-process.ts";
import { type Cni, needsUser, type Round, type Victim } from "./rounds.ts";
import { differences, type Observer } from "./world.ts";

export interface ChaosOptions {
  rounds: readonly Round[];
  /** Gets a line for each round. */
  print: (line: string) => void;
  signal?: AbortSignal;
}

export interface ChaosResult {
  rounds: number;
  /** How often a process was hit. */
  kills: number;
  /** Longest time from a kill to a cluster that is what its Cluster says, in milliseconds. */
  slowestMs: number;
}

const id = "chaos";
const convergesWithinMs = 300_000;
const labels = { "unsafe-cni-migration": "true", "unsafe-cni-upgrade": "true" };

/**
 * A whole `fairlead start` with one cluster, whose CNI is changed again and again while processes are killed with SIGKILL. After
 * each round the cluster has to be what its Cluster says, with one CNI and at most one helm release.
 * @throws Error that names the round and what is wrong; the data directory is then kept
 */
export async function runChaos({ rounds, print, signal }: ChaosOptions): Promise<ChaosResult> {
  const data = await mkdtemp(join(tmpdir(), "fairlead-chaos-"));
  const subject = new Subject(data, await freePort());
  const result: ChaosResult = { rounds: 0, kills: 0, slowestMs: 0 };
  let current: Cni = { type: "canal", version: "v3.31" };
  try {
    await subject.start();
    await subject.createCluster(current);
    await subject.converge(current);
    for (const [index, round] of rounds.entries()) {
      signal?.throwIfAborted();
      const what = `round ${index + 1} of ${rounds.length}: ${name(current)} -> ${name(round.to)}, ${describe(round)}`;
      const started = Date.now();
      try {
        result.kills += await subject.carryOut(round, needsUser(current, round.to));
      } catch (error) {
        throw new Error(`${what} (data in ${data})`, { cause: error });
      }
      const tookMs = Date.now() - started;
      result.slowestMs = Math.max(result.slowestMs, tookMs - round.delayMs);
      result.rounds += 1;
      current = round.to;
      print(`${what}: right again after ${(tookMs / 1000).toFixed(1)} s`);
    }
  } catch (error) {
    await subject.stop("SIGKILL");
    throw error;
  }
  await subject.stop("SIGINT");
  const left = await processesOf(data);
  if (left.length > 0) throw new Error(`processes ${left.join(", ")} outlived Fairlead`);
  await rm(data, { recursive: true, force: true });
  return result;
}

function describe({ victim, delayMs, againMs }: Round): string {
  const again = victim === "fairlead" && againMs > 0 ? `, and ${againMs} ms after its next start` : "";
  return `${victim} killed after ${delayMs} ms${again}`;
}

function name({ type, version }: Cni): string {
  return `${type} ${version}`;
}

class Subject {
  readonly #data: string;
  readonly #port: number;
  #fairlead: FairleadProcess | undefined;
  #management: KubeClient | undefined;

  constructor(data: string, port: number) {
    this.#data = data;
    this.#port = port;
  }

  async start(): Promise<void> {
    this.#fairlead = new FairleadProcess(this.#data, this.#port);
    await this.#fairlead.ready();
    const kubeconfig = await readFile(join(layoutOf(this.#data).management, "admin.kubeconfig"), "utf8");
    await this.#management?.close();
    this.#management = KubeClient.fromKubeconfig(kubeconfig);
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    await this.#management?.close();
    this.#fairlead?.kill(signal);
    await this.#fairlead?.exit();
  }

  async createCluster(cniPlugin: Cni): Promise<void> {
    const management = this.#client();
    await management.create(projectType, { metadata: { name: id }, spec: { name: id } });
    const annotations = { [initialMachineDeploymentAnnotation]: JSON.stringify({ spec: { replicas: 1 } }) };
    const cloud = { dc: "local", bringyourown: {} };
    const spec = {
      humanReadableName: id,
      version: "1.36.3",
      cloud,
      cniPlugin,
      clusterNetwork: { proxyMode: "iptables" as const },
    };
    await waitFor(
      () =>
        management.create(clusterType, {
          metadata: { name: id, labels: { ...labels, "project-id": id }, annotations },
          spec,
        }),
      { what: "the cluster to be accepted", timeoutMs: 60_000 },
    );
  }

  /** @returns how many processes were hit */
  async carryOut({ to, victim, delayMs, againMs }: Round, userHasToRemove: boolean): Promise<number> {
    // A server that was just killed may still be coming back; what counts is the write that was accepted.
    await waitFor(() => this.#client().mergePatch(clusterType, { name: id }, { spec: { cniPlugin: to } }), {
      what: "the change to be accepted",
      timeoutMs: 60_000,
    });
    await sleep(delayMs);
    const kills = await this.#kill(victim, againMs);
    if (userHasToRemove) await this.#removeApplication();
    await this.converge(to);
    return kills;
  }

  async converge(wanted: Cni): Promise<void> {
    let last: string[] = [];
    await waitFor(
      async () => {
        last = ["the API servers do not answer"];
        const observer = await this.#observe();
        try {
          last = await differences(observer, wanted);
        } finally {
          await observer.user.close();
        }
        return last.length === 0;
      },
      { what: `the cluster to have ${name(wanted)}`, timeoutMs: convergesWithinMs, intervalMs: 500 },
    ).catch((error: unknown) => {
      throw new Error(`it is still not what it should be: ${last.join("; ")}`, { cause: error });
    });
  }

  async #kill(victim: Victim, againMs: number): Promise<number> {
    if (victim !== "fairlead") return await this.#killChild(victim);
    await this.stop("SIGKILL");
    if (againMs === 0) {
      await this.start();
      return 1;
    }
    const again = new FairleadProcess(this.#data, this.#port);
    await sleep(againMs);
    again.kill("SIGKILL");
    await again.exit();
    await this.start();
    return 2;
  }

  /** helm runs only now and then: it is waited for, and if none comes nothing is hit. */
  async #killChild(victim: Exclude<Victim, "fairlead">): Promise<number> {
    const deadline = Date.now() + (victim === "helm" ? 8_000 : 0);
    for (;;) {
      const found = [...(await commandLinesOf(this.#data))].find(([, line]) => isOf(victim, line, this.#data));
      if (found) {
        process.kill(found[0], "SIGKILL");
        return 1;
      }
      if (Date.now() >= deadline) return 0;
      await sleep(50);
    }
  }

  async #removeApplication(): Promise<void> {
    const ref = { name: "cilium", namespace: "kube-system" };
    await waitFor(
      async () => {
        const observer = await this.#observe();
        try {
          await observer.user.deleteIfExists(applicationInstallationType, ref);
        } finally {
          await observer.user.close();
        }
        return true;
      },
      { what: "the application to be removed by its user", timeoutMs: 120_000, intervalMs: 500 },
    );
  }

  /** With the kubeconfig as it is now: ports may change with a start. */
  async #observe(): Promise<Observer> {
    const management = this.#client();
    const token = (await readFile(layoutOf(this.#data).tokenFile, "utf8")).trim();
    const url = `http://127.0.0.1:${this.#port}/api/v2/projects/${id}/clusters/${id}/kubeconfig`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`no kubeconfig: ${response.status} ${await response.text()}`);
    return { management, user: KubeClient.fromKubeconfig(await response.text()), id };
  }

  #client(): KubeClient {
    if (!this.#management) throw new Error("not started");
    return this.#management;
  }
}

function isOf(victim: Exclude<Victim, "fairlead">, commandLine: string, data: string): boolean {
  const { management, userClusters } = layoutOf(data);
  switch (victim) {
    case "helm":
      return /\/helm (install|upgrade|uninstall|rollback) /.test(commandLine);
    case "management kube-apiserver":
      return commandLine.includes("/kube-apiserver ") && commandLine.includes(management);
    case "user kube-apiserver":
      return commandLine.includes("/kube-apiserver ") && commandLine.includes(userClusters);
    case "etcd":
      return commandLine.includes("/etcd ");
    default:
      return victim satisfies never;
  }
}
