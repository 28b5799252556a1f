import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { dieWithParent, reservePorts, resolveBinary } from "@fairlead/components";
import { builtin, type KubeClient, type PodTemplateSpec, waitFor } from "@fairlead/kube";

const bin = fileURLToPath(new URL("../../../bin/fairlead.js", import.meta.url));

export interface PodProcessOptions {
  /** Of the cluster's administrator, who does what a kubelet would. */
  client: KubeClient;
  server: URL;
  template: PodTemplateSpec;
  namespace: string;
  name: string;
  /** The pod's own file system, in a way. */
  directory: string;
}

/**
 * One container as a process of this machine, started from its pod template alone: its arguments and environment, and files
 * mounted as a kubelet mounts them. Paths become those of a directory, and each port another one of loopback, since these pods
 * have no addresses of their own.
 */
export class PodProcess {
  readonly name: string;
  /** Of each port of the container, where it listens here. */
  readonly ports: Readonly<Record<string, number>>;
  readonly #child: ChildProcess;
  readonly #logFile: string;

  private constructor(name: string, parts: { ports: Record<string, number>; child: ChildProcess; logFile: string }) {
    this.name = name;
    this.ports = parts.ports;
    this.#child = parts.child;
    this.#logFile = parts.logFile;
  }

  static async start(options: PodProcessOptions): Promise<PodProcess> {
    const { template, name, directory, server } = options;
    const [container] = template.spec.containers;
    if (!container) throw new Error("the pod has no container");
    const volumes = await mountVolumes(options);
    const mounts = (container.volumeMounts ?? []).map(({ name: volume, mountPath }) => ({
      mountPath,
      path: volumes.get(volume) ?? "",
    }));
    const numbers = await reservePorts(container.ports?.length ?? 0);
    const ports: Record<string, number> = {};
    const environment: Record<string, string> = {
      KUBERNETES_SERVICE_HOST: server.hostname,
      KUBERNETES_SERVICE_PORT: server.port,
    };
    for (const { name: variable, value, valueFrom } of container.env ?? []) {
      environment[variable] = valueFrom ? name : localPath(value ?? "", mounts);
    }
    let args = (container.args ?? []).map((argument) =>
      localPath(argument, mounts).replace(/\$\((\w+)\)/g, (_, variable: string) => environment[variable] ?? ""),
    );
    for (const [index, { name: port = "", containerPort }] of (container.ports ?? []).entries()) {
      const number = numbers[index] ?? 0;
      ports[port] = number;
      args = args.map((argument) => argument.replace(`0.0.0.0:${containerPort}`, `127.0.0.1:${number}`));
    }
    const logFile = join(directory, `${name}.log`);
    const launch = await dieWithParent(process.execPath, [bin, ...args]);
    const child = spawn(launch.file, launch.args, {
      cwd: directory,
      // The image has helm on its PATH.
      env: { ...environment, PATH: `${dirname(await resolveBinary("helm"))}:${process.env.PATH}`, HOME: directory },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log = createWriteStream(logFile);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    return new PodProcess(name, { ports, child, logFile });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  log(): Promise<string> {
    return readFile(this.#logFile, "utf8");
  }

  /** As a kubelet's probe asks; false while nobody answers. */
  async probe(path: string): Promise<boolean> {
    const url = `http://127.0.0.1:${this.ports.metrics}${path}`;
    return await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    if (this.hasEnded) return;
    this.#child.kill(signal);
    await once(this.#child, "close");
  }
}

function localPath(text: string, mounts: readonly { mountPath: string; path: string }[]): string {
  const [mount] = mounts
    .filter(({ mountPath }) => text.includes(mountPath))
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  return mount ? text.replace(mount.mountPath, mount.path) : text;
}

interface ProjectedSource {
  serviceAccountToken?: { path: string; expirationSeconds?: number };
  configMap?: { name: string; items?: { key: string; path: string }[] };
}

async function mountVolumes(options: PodProcessOptions): Promise<Map<string, string>> {
  const { client, template, namespace, name: pod, directory } = options;
  const mounted = new Map<string, string>();
  for (const { name, secret, projected, emptyDir } of template.spec.volumes ?? []) {
    const path = join(directory, pod, name);
    await mkdir(path, { recursive: true, mode: 0o700 });
    mounted.set(name, path);
    if (secret) {
      const { data = {} } = await client.get(builtin.Secret, { name: secret.secretName, namespace });
      for (const [file, content] of Object.entries(data)) await writeFile(join(path, file), content, "base64");
    } else if (projected) {
      for (const source of (projected as { sources: ProjectedSource[] }).sources) await project(source, path, options);
    } else if (!emptyDir) throw new Error(`volume ${name}: not a kind that this test mounts`);
  }
  return mounted;
}

async function project(source: ProjectedSource, path: string, options: PodProcessOptions): Promise<void> {
  const { client, namespace, template } = options;
  if (source.serviceAccountToken) {
    const { status } = await client.request<{ status: { token: string } }>({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${template.spec.serviceAccountName}/token`,
      body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } },
    });
    await writeFile(join(path, source.serviceAccountToken.path), status.token);
  }
  if (source.configMap) {
    const { name } = source.configMap;
    // As a kubelet does: a new namespace gets its kube-root-ca.crt a moment later.
    const { data = {} } = await waitFor(() => client.find(builtin.ConfigMap, { name, namespace }), {
      what: `ConfigMap ${name}`,
      timeoutMs: 60_000,
    });
    for (const { key, path: file } of source.configMap.items ?? []) await writeFile(join(path, file), data[key] ?? "");
  }
}
