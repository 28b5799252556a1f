import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { reservePorts, resolveBinary } from "@fairlead/components";
import { KubeClient, type KubeClientOptions, waitFor } from "@fairlead/kube";
import { TestAuthority } from "./test-pki.ts";
import { TestProcess } from "./test-process.ts";

export interface TestApiServerOptions {
  /** Added to kube-apiserver's command line; later flags win. */
  apiServerArgs?: string[];
  signal?: AbortSignal;
}

export interface KubectlOutcome {
  ok: boolean;
  stdout: string;
  stderr: string;
}

const readyTimeoutMs = 60_000;
const attempts = 3;

/**
 * A real etcd and kube-apiserver on random loopback ports, with TLS, client certificates and RBAC.
 * No controller manager runs beside them: nothing collects garbage, and namespaces stay Terminating.
 * @example
 * await using server = await startTestApiServer();
 * const client = server.client();
 */
export async function startTestApiServer(options: TestApiServerOptions = {}): Promise<TestApiServer> {
  for (let attempt = 1; ; attempt++) {
    const server = await TestApiServer.prepare(options);
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      // Another test's worker may have chosen a port of this server before it listened there.
      const isPortTaken = error instanceof Error && error.message.includes("address already in use");
      if (!isPortTaken || attempt === attempts) throw error;
    }
  }
}

export class TestApiServer {
  readonly url: string;
  readonly #authority: TestAuthority;
  readonly #admin: KubeClientOptions;
  readonly #directory: string;
  readonly #ports: Ports;
  readonly #etcdArgs: string[];
  readonly #apiServerArgs: string[];
  readonly #signal: AbortSignal | undefined;
  readonly #clients: KubeClient[] = [];
  #etcd: TestProcess | undefined;
  #apiServer: TestProcess | undefined;

  private constructor(parts: Parts) {
    this.url = `https://127.0.0.1:${parts.ports.api}`;
    this.#authority = parts.authority;
    this.#directory = parts.directory;
    this.#admin = { server: this.url, ca: parts.authority.cert, ...parts.admin };
    this.#ports = parts.ports;
    this.#etcdArgs = etcdArgs(parts.directory, parts.ports);
    this.#apiServerArgs = [...apiServerArgs(parts.directory, parts.ports), ...(parts.options.apiServerArgs ?? [])];
    this.#signal = parts.options.signal;
  }

  /** Files and keys only; nothing runs yet. */
  static async prepare(options: TestApiServerOptions): Promise<TestApiServer> {
    const directory = await mkdtemp(join(tmpdir(), "fairlead-test-"));
    const authority = await TestAuthority.create();
    const [etcd = 0, etcdPeer = 0, api = 0] = await reservePorts(3);
    const serving = await authority.serverCertificate();
    const admin = await authority.clientCertificate("admin", ["system:masters"]);
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const files = {
      "ca.crt": authority.cert,
      "server.crt": serving.cert,
      "server.key": serving.key,
      "sa.key": privateKey.export({ type: "pkcs1", format: "pem" }),
    };
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text)));
    return new TestApiServer({ authority, directory, admin, ports: { etcd, etcdPeer, api }, options });
  }

  async start(): Promise<void> {
    const binary = await resolveBinary("etcd", { signal: this.#signal });
    this.#etcd = await TestProcess.start(binary, this.#etcdArgs, join(this.#directory, "etcd.log"));
    await this.startApiServer();
  }

  /** A client with all rights, closed with the server. */
  client(options?: Partial<KubeClientOptions>): KubeClient {
    const client = new KubeClient({ ...this.#admin, ...options });
    this.#clients.push(client);
    return client;
  }

  /** A client that RBAC knows as `user` of `groups`; no rights but what is bound to them. */
  async clientAs(user: string, groups: string[] = []): Promise<KubeClient> {
    return this.client(await this.#authority.clientCertificate(user, groups));
  }

  /** Of the admin, with embedded credentials. */
  kubeconfig(): string {
    const base64 = (text: string | undefined) => Buffer.from(text ?? "").toString("base64");
    const { ca, cert, key } = this.#admin;
    const cluster = { server: this.url, "certificate-authority-data": base64(ca) };
    const user = { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      clusters: [{ name: "test", cluster }],
      users: [{ name: "admin", user }],
      contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    });
  }

  /** Runs the real kubectl as admin; `input` is its standard input, objects as JSON. */
  async kubectl(args: readonly string[], input: unknown = ""): Promise<KubectlOutcome> {
    const file = join(this.#directory, "admin.kubeconfig");
    await writeFile(file, this.kubeconfig(), { mode: 0o600 });
    const child = spawn(await resolveBinary("kubectl", { signal: this.#signal }), args, {
      env: { PATH: process.env.PATH, HOME: this.#directory, KUBECONFIG: file },
    });
    child.stdin.end(typeof input === "string" ? input : JSON.stringify(input));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { ok: child.exitCode === 0, stdout, stderr };
  }

  /** Writes an object past the API server: as it stores it, or as it left it. */
  async store(key: string, object: object): Promise<void> {
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const response = await fetch(`http://127.0.0.1:${this.#ports.etcd}/v3/kv/put`, {
      method: "POST",
      body: JSON.stringify({ key: base64(key), value: base64(JSON.stringify(object)) }),
    });
    if (!response.ok) throw new Error(`etcd answered ${response.status}: ${await response.text()}`);
  }

  /** `kill -9` of kube-apiserver; etcd goes on. */
  async killApiServer(): Promise<void> {
    await this.#apiServer?.stop("SIGKILL");
  }

  /** On the same port, with the same data. */
  async startApiServer(): Promise<void> {
    const binary = await resolveBinary("kube-apiserver", { signal: this.#signal });
    const apiServer = await TestProcess.start(binary, this.#apiServerArgs, join(this.#directory, "kube-apiserver.log"));
    this.#apiServer = apiServer;
    const hasEnded = () => apiServer.hasExited || this.#etcd?.hasExited;
    const client = new KubeClient(this.#admin);
    try {
      await waitFor(
        async (signal) => hasEnded() || (await client.requestText({ method: "GET", path: "/readyz", signal })),
        {
          what: `kube-apiserver on ${this.url}`,
          timeoutMs: readyTimeoutMs,
          signal: this.#signal,
        },
      );
    } catch (error) {
      throw new Error(`kube-apiserver does not become ready:\n${apiServer.logTail()}`, { cause: error });
    } finally {
      await client.close();
    }
    // It first: without it, kube-apiserver ends too, or has found another's on the port.
    if (this.#etcd?.hasExited) throw new Error(`etcd ended:\n${this.#etcd.logTail()}`);
    if (apiServer.hasExited) throw new Error(`kube-apiserver ended:\n${apiServer.logTail()}`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#apiServer?.stop("SIGKILL");
    await this.#etcd?.stop("SIGKILL");
    await rm(this.#directory, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

interface Ports {
  etcd: number;
  etcdPeer: number;
  api: number;
}

interface Parts {
  authority: TestAuthority;
  directory: string;
  admin: { cert: string; key: string };
  ports: Ports;
  options: TestApiServerOptions;
}

function etcdArgs(directory: string, ports: Ports): string[] {
  return [
    `--data-dir=${join(directory, "etcd")}`,
    `--listen-client-urls=http://127.0.0.1:${ports.etcd}`,
    `--advertise-client-urls=http://127.0.0.1:${ports.etcd}`,
    `--listen-peer-urls=http://127.0.0.1:${ports.etcdPeer}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${ports.etcdPeer}`,
    `--initial-cluster=default=http://127.0.0.1:${ports.etcdPeer}`,
    "--unsafe-no-fsync", // the data does not outlive the test
  ];
}

function apiServerArgs(directory: string, ports: Ports): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    "--endpoint-reconciler-type=none", // an Endpoints object may not hold a loopback address
    `--secure-port=${ports.api}`,
    `--tls-cert-file=${join(directory, "server.crt")}`,
    `--tls-private-key-file=${join(directory, "server.key")}`,
    `--client-ca-file=${join(directory, "ca.crt")}`,
    "--authorization-mode=RBAC",
    "--service-cluster-ip-range=10.96.0.0/16",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${join(directory, "sa.key")}`,
    `--service-account-signing-key-file=${join(directory, "sa.key")}`,
    "--disable-admission-plugins=ServiceAccount", // no controller manager creates the default service accounts
  ];
}
