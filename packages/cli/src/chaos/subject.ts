import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ADMIN_KUBECONFIG_SECRET } from "@fairlead/controllers";
import { builtin, KubeClient, waitFor } from "@fairlead/kube";
import {
  applicationInstallationType,
  type Cluster,
  clusterNamespace,
  clusterType,
  initialMachineDeploymentAnnotation,
  projectType,
} from "@fairlead/resources";
import { type Layout, layoutOf } from "../start/layout.ts";
import { FairleadProcess } from "../start/testing/fairlead-process.ts";
import type { Cni } from "./rounds.ts";
import type { SmallDisk } from "./small-disk.ts";

const shiftedClock = fileURLToPath(new URL("./shifted-clock.ts", import.meta.url));
const labels = { "unsafe-cni-migration": "true", "unsafe-cni-upgrade": "true" };

export interface SubjectOptions {
  /** Data directory as Fairlead knows it. */
  data: string;
  port: number;
  /** Where the data directory is mounted, if it has a disk of its own. */
  disk?: SmallDisk;
}

/** A whole `fairlead start` in a process of its own, with a project; used as an administrator with kubectl uses it. */
export class Subject {
  readonly project = "chaos";
  readonly #options: SubjectOptions;
  #fairlead: FairleadProcess | undefined;
  #management: KubeClient | undefined;

  constructor(options: SubjectOptions) {
    this.#options = options;
  }

  get data(): string {
    return this.#options.data;
  }

  get disk(): SmallDisk | undefined {
    return this.#options.disk;
  }

  /** Of the files as they are seen from here. */
  get layout(): Layout {
    return layoutOf(this.disk?.root ?? this.data);
  }

  get management(): KubeClient {
    if (!this.#management) throw new Error("not started");
    return this.#management;
  }

  async start(): Promise<void> {
    this.spawn();
    await this.process.ready();
    const kubeconfig = await readFile(join(this.layout.management, "admin.kubeconfig"), "utf8");
    await this.#management?.close();
    this.#management = KubeClient.fromKubeconfig(kubeconfig);
  }

  /** Begins to start, and does not wait. */
  spawn(): void {
    const preload = ["env", `NODE_OPTIONS=--import=${shiftedClock}`, `FAIRLEAD_CHAOS_CLOCK=${this.#clockFile}`];
    this.#fairlead = new FairleadProcess(this.data, this.#options.port, [...(this.disk?.prefix ?? []), ...preload]);
  }

  get process(): FairleadProcess {
    if (!this.#fairlead) throw new Error("not started");
    return this.#fairlead;
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    await this.#management?.close();
    this.#fairlead?.kill(signal);
    await this.#fairlead?.exit();
  }

  async setClock(byMs: number): Promise<void> {
    await mkdir(this.data, { recursive: true });
    await writeFile(this.#clockFile, `${byMs}`);
    this.process.kill("SIGUSR2");
  }

  async createProject(): Promise<void> {
    await this.management.create(projectType, { metadata: { name: this.project }, spec: { name: this.project } });
  }

  async createCluster(id: string, cniPlugin: Cni): Promise<void> {
    const annotations = { [initialMachineDeploymentAnnotation]: JSON.stringify({ spec: { replicas: 1 } }) };
    await this.#accepted(`cluster ${id}`, async () => {
      // An answer that was lost may have been a yes.
      if (await this.management.find(clusterType, { name: id })) return true;
      return await this.management.create(clusterType, {
        metadata: { name: id, labels: { ...labels, "project-id": this.project }, annotations },
        spec: {
          humanReadableName: id,
          version: "1.36.3",
          cloud: { dc: "local", bringyourown: {} },
          cniPlugin,
          clusterNetwork: { proxyMode: "iptables", konnectivityEnabled: true },
        },
      });
    });
  }

  async change(id: string, spec: object): Promise<void> {
    await this.#accepted("the change", () => this.management.mergePatch<Cluster>(clusterType, { name: id }, { spec }));
  }

  async deleteCluster(id: string): Promise<void> {
    await this.#accepted("the deletion", async () => {
      await this.management.deleteIfExists(clusterType, { name: id });
      return true;
    });
  }

  async removeCilium(id: string): Promise<void> {
    const ref = { name: "cilium", namespace: "kube-system" };
    await this.#accepted("the removal of Cilium's application", async () => {
      await using user = await this.userClient(id);
      await user.deleteIfExists(applicationInstallationType, ref);
      return true;
    });
  }

  /** With the kubeconfig as it is now: ports may change with a start. */
  async userClient(id: string): Promise<KubeClient> {
    const ref = { name: ADMIN_KUBECONFIG_SECRET, namespace: clusterNamespace(id) };
    const { data } = await this.management.get(builtin.Secret, ref);
    return KubeClient.fromKubeconfig(Buffer.from(data?.kubeconfig ?? "", "base64").toString("utf8"));
  }

  /** What is wrong with what the REST API says of the cluster. @throws Error if nobody answers */
  async restProblems(id: string): Promise<string[]> {
    const token = (await readFile(this.layout.tokenFile, "utf8")).trim();
    const url = `http://127.0.0.1:${this.#options.port}/api/v2/projects/${this.project}/clusters/${id}`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    return response.ok ? [] : [`the REST API answers ${response.status}: ${text}`];
  }

  /** A server that was just killed may still be coming back; what counts is the write that was accepted. */
  async #accepted(what: string, write: () => Promise<unknown>): Promise<void> {
    await waitFor(write, { what: `${what} to be accepted`, timeoutMs: 120_000, intervalMs: 250 });
  }

  get #clockFile(): string {
    return `${this.data}.clock`;
  }
}
