import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { freePort } from "@fairlead/components";
import { KubeClient, waitFor } from "@fairlead/kube";
import {
  type ApiCluster,
  type ApiClusterHealth,
  type Cluster,
  clusterType,
  initialMachineDeploymentAnnotation,
} from "@fairlead/resources";
import pino from "pino";
import { type Embedded, startEmbedded } from "../embedded.ts";
import { leakedSecrets } from "./secret-scan.ts";

const run = promisify(execFile);

export interface ApiAnswer<T> {
  status: number;
  body: T;
  warnings: string[];
}

export interface KubectlOutcome {
  ok: boolean;
  stdout: string;
  stderr: string;
}

/** What a creation request says of a cluster. */
export interface ClusterRequest {
  name: string;
  datacenter?: string;
  provider?: string;
  version?: string;
  replicas?: number;
  spec?: Record<string, unknown>;
}

/** What a manifest of a Cluster says; everything else is as in most tests: Kubernetes 1.36.3, on this machine, one node. */
export interface ClusterManifest {
  project: string;
  id: string;
  spec: Partial<Cluster["spec"]>;
  annotations?: Readonly<Record<string, string>>;
}

/** A whole Fairlead in this process, on real components and a directory of its own; used as people use it. */
export class TestInstallation implements AsyncDisposable {
  readonly directory: string;
  readonly embedded: Embedded;
  readonly token: string;
  readonly management: KubeClient;
  /** Tokens of the kubeconfigs that tests were given. */
  readonly handedOut: string[] = [];

  private constructor(directory: string, embedded: Embedded, secrets: { token: string; kubeconfig: string }) {
    this.directory = directory;
    this.embedded = embedded;
    this.token = secrets.token;
    this.management = KubeClient.fromKubeconfig(secrets.kubeconfig);
  }

  static async start(directory?: string): Promise<TestInstallation> {
    const data = directory ?? (await mkdtemp(join(tmpdir(), "fairlead e2e ")));
    const embedded = await startEmbedded({
      dataDirectory: data,
      port: await freePort(),
      createLogger: (file) => pino(pino.destination({ dest: file, sync: true })),
      onStep: () => undefined,
      onBinaryProgress: () => undefined,
      signal: AbortSignal.timeout(300_000),
    });
    const token = (await readFile(embedded.tokenFile, "utf8")).trim();
    const kubeconfig = await readFile(embedded.managementKubeconfig, "utf8");
    return new TestInstallation(data, embedded, { token, kubeconfig });
  }

  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<ApiAnswer<T>> {
    const response = await fetch(`${this.embedded.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const content = await response.text();
    const isJson = response.headers.get("content-type") === "application/json";
    const warning = response.headers.get("warning");
    return {
      status: response.status,
      body: (isJson ? JSON.parse(content) : content) as T,
      warnings: warning ? [warning] : [],
    };
  }

  async createProject(name: string): Promise<string> {
    const { body } = await this.call<{ id: string }>("POST", "/api/v1/projects", { name });
    await waitFor(
      async () => (await this.call<{ status: string }>("GET", `/api/v1/projects/${body.id}`)).body.status === "Active",
      {
        what: `project ${name} to be active`,
      },
    );
    return body.id;
  }

  async createCluster(project: string, request: ClusterRequest): Promise<ApiAnswer<ApiCluster>> {
    const { name, datacenter = "local", provider = "bringyourown", version = "1.36.3", replicas, spec } = request;
    return await this.call("POST", `/api/v2/projects/${project}/clusters`, {
      cluster: { name, spec: { cloud: { dc: datacenter, [provider]: {} }, version, ...spec } },
      ...(replicas === undefined ? {} : { nodeDeployment: { spec: { replicas } } }),
    });
  }

  /** Makes a cluster with a chosen id by `kubectl apply`, and waits for its API. */
  async applyCluster({ project, id, spec, annotations }: ClusterManifest): Promise<TestCluster> {
    const nodes = JSON.stringify({ spec: { replicas: 1 } });
    const { ok, stderr } = await this.kubectl(["apply", "-f", "-"], {
      apiVersion: clusterType.apiVersion,
      kind: "Cluster",
      metadata: {
        name: id,
        labels: { "project-id": project },
        annotations: { [initialMachineDeploymentAnnotation]: nodes, ...annotations },
      },
      spec: { humanReadableName: id, version: "1.36.3", cloud: { dc: "local", bringyourown: {} }, ...spec },
    });
    if (!ok) throw new Error(stderr);
    return await this.connect(project, id);
  }

  /** Waits until every component of a cluster is healthy, and connects to it with the kubeconfig its owner gets. */
  async connect(project: string, id: string): Promise<TestCluster> {
    const path = `/api/v2/projects/${project}/clusters/${id}`;
    await waitFor(
      async () => {
        const { body } = await this.call<ApiClusterHealth>("GET", `${path}/health`);
        return Object.values(body).every((status) => status === "HealthStatusUp");
      },
      { what: `cluster ${id} to be healthy`, timeoutMs: 300_000, intervalMs: 500 },
    );
    // After a start the health is what it was before: the API server may still be coming back.
    const kubeconfig = await waitFor(
      async () => {
        const { status, body } = await this.call<string>("GET", `${path}/kubeconfig`);
        return status === 200 && body;
      },
      { what: `the kubeconfig of cluster ${id}`, timeoutMs: 120_000, intervalMs: 500 },
    );
    this.handedOut.push(/^ +token: (\S+)$/m.exec(kubeconfig)?.[1] ?? "");
    return new TestCluster(id, kubeconfig, this);
  }

  /** helm or kubectl, as `fairlead env` puts them on PATH. */
  async tool(name: "helm" | "kubectl", args: readonly string[], kubeconfig: string): Promise<string> {
    const { stdout } = await run(join(this.directory, "bin", name), [...args], {
      env: { PATH: process.env.PATH, HOME: this.directory, KUBECONFIG: kubeconfig },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  /** kubectl against the management API, as its owner runs it; a refusal is an outcome like any other. */
  async kubectl(args: readonly string[], input: unknown = ""): Promise<KubectlOutcome> {
    const child = spawn(join(this.directory, "bin", "kubectl"), [...args], {
      env: { PATH: process.env.PATH, HOME: this.directory, KUBECONFIG: this.embedded.managementKubeconfig },
    });
    child.stdin.end(typeof input === "string" ? input : JSON.stringify(input));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { ok: child.exitCode === 0, stdout, stderr };
  }

  /** Ends all processes and keeps the data. */
  async stop(): Promise<void> {
    await this.management.close();
    await this.embedded.stop();
  }

  /** The end of a file: when all has happened that may leave a secret behind. @throws Error that names where one can be read */
  async finish(): Promise<void> {
    try {
      const leaks = await leakedSecrets(this);
      if (leaks.length > 0) throw new Error(`secrets can be read:\n${leaks.join("\n")}`);
    } finally {
      await this[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

export class TestCluster {
  readonly id: string;
  readonly kubeconfig: string;
  readonly client: KubeClient;
  readonly #installation: TestInstallation;

  constructor(id: string, kubeconfig: string, installation: TestInstallation) {
    this.id = id;
    this.kubeconfig = kubeconfig;
    this.client = KubeClient.fromKubeconfig(kubeconfig);
    this.#installation = installation;
  }

  /** The Cluster as it is stored. */
  async stored(): Promise<Cluster> {
    return await this.#installation.management.get(clusterType, { name: this.id });
  }

  /** Status and reason of a condition of the Cluster: `True RolledOut`. */
  async condition(type: string): Promise<string> {
    const found = (await this.stored()).status?.conditions?.[type];
    return `${found?.status} ${found?.reason}`;
  }

  /** A merge patch of the Cluster, by kubectl. */
  async patch(body: object): Promise<KubectlOutcome> {
    return await this.#installation.kubectl(["patch", "cluster", this.id, "--type=merge", "-p", JSON.stringify(body)]);
  }

  async kubectl(...args: string[]): Promise<string> {
    return await this.#tool("kubectl", args);
  }

  async helm(...args: string[]): Promise<string> {
    return await this.#tool("helm", args);
  }

  async #tool(name: "helm" | "kubectl", args: string[]): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), "fairlead-kubeconfig-"));
    try {
      const file = join(directory, "kubeconfig");
      await writeFile(file, this.kubeconfig, { mode: 0o600 });
      return await this.#installation.tool(name, args, file);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
}
