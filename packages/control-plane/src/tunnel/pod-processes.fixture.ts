import type { ChildProcess } from "node:child_process";
import { chmod, chown, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type BinaryName, resolveBinary } from "@fairlead/components";
import type { ConfigMap, Container, PodSpec, Secret, Volume } from "@fairlead/kube";
import { end, type NetworkNamespace } from "./network-namespace.fixture.ts";

export interface PodProcessesOptions {
  namespace: NetworkNamespace;
  /** For volumes and logs. */
  directory: string;
  /** Files of a Secret or ConfigMap. */
  read: (kind: "Secret" | "ConfigMap", name: string) => Promise<Secret | ConfigMap>;
  /** What a kubelet fills in: `status.podIP`, `metadata.name`. */
  fields: Record<string, string>;
  /** Content of projected volumes and of automounted service accounts: path in the pod -> text. */
  files?: Record<string, string>;
  /** Programs of the images that are the machine's own: name -> path. The others are pinned binaries. */
  programs?: Readonly<Record<string, string>>;
}

interface SecurityContext {
  runAsUser?: number;
  fsGroup?: number;
}

/**
 * Runs containers of a pod as processes, in place of a kubelet: the programs that their images hold, with exactly the
 * arguments, environment, files, users and ports of their specs.
 */
export class PodProcesses {
  readonly #pod: PodSpec;
  readonly #options: PodProcessesOptions;
  readonly #running = new Map<string, ChildProcess>();

  private constructor(pod: PodSpec, options: PodProcessesOptions) {
    this.#pod = pod;
    this.#options = options;
  }

  /** Mounts the volumes where the containers expect them; nothing runs yet. */
  static async mount(pod: PodSpec, options: PodProcessesOptions): Promise<PodProcesses> {
    const processes = new PodProcesses(pod, options);
    const mounted = new Map<string, string>();
    for (const { name, mountPath } of pod.containers.flatMap(({ volumeMounts = [] }) => volumeMounts)) {
      const known = mounted.get(mountPath);
      if (known === name) continue;
      if (known) throw new Error(`${mountPath} is another volume in another container`);
      mounted.set(mountPath, name);
      const source = await processes.#fill(
        name,
        pod.volumes?.find((volume) => volume.name === name),
      );
      await options.namespace.script(`mkdir -p '${mountPath}'; mount --bind '${source}' '${mountPath}'`);
    }
    for (const [path, text] of Object.entries(options.files ?? {})) {
      const file = join(options.directory, path.replaceAll("/", "_"));
      await writeFile(file, text, { mode: 0o444 });
      await options.namespace.script(`mkdir -p '${join(path, "..")}'; cp '${file}' '${path}'`);
    }
    return processes;
  }

  /** Writes the files of volumes anew, as a kubelet does when their Secrets have changed. */
  async refresh(): Promise<void> {
    for (const volume of this.#pod.volumes ?? []) await this.#fill(volume.name, volume);
  }

  /** Starts a container's program. */
  async start(containerName: string): Promise<void> {
    const { namespace, directory, programs = {} } = this.#options;
    const container = this.#pod.containers.find(({ name }) => name === containerName);
    if (!container) throw new Error(`the pod has no container ${containerName}`);
    const binary = basename(container.command?.[0] ?? "");
    const inside = `/run/bin/${binary}`;
    const path = programs[binary] ?? (await resolveBinary(binary as BinaryName));
    await namespace.script(`mkdir -p /run/bin; touch ${inside}; mount --bind '${path}' ${inside}`);
    const env = Object.fromEntries((container.env ?? []).map((entry) => [entry.name, this.#valueOf(entry)]));
    const expand = (text: string) => text.replaceAll(/\$\((\w+)\)/g, (whole, name: string) => env[name] ?? whole);
    const user = process.getuid?.() === 0 ? this.#userOf(container) : [];
    const given = [...(container.command ?? []).slice(1), ...(container.args ?? [])].map(expand);
    const command = ["setpriv", "--pdeathsig", "KILL", ...user, "--", inside, ...given];
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const log = join(directory, `${containerName}.log`);
    this.#running.set(
      containerName,
      await namespace.start(["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", ...variables, ...command], log),
    );
  }

  async stop(containerName: string): Promise<void> {
    const child = this.#running.get(containerName);
    if (child) await end(child);
  }

  /** As fsGroup has it: the group may read Secrets and write into empty directories. */
  async #fill(name: string, volume: Volume | undefined): Promise<string> {
    const directory = join(this.#options.directory, name);
    await mkdir(directory, { recursive: true });
    const source = volume?.secret
      ? await this.#options.read("Secret", volume.secret.secretName)
      : volume?.configMap && (await this.#options.read("ConfigMap", volume.configMap.name));
    const group = this.#securityContext.fsGroup ?? 0;
    const asRoot = process.getuid?.() === 0;
    for (const [file, text] of Object.entries(source?.data ?? {})) {
      const path = join(directory, file);
      await rm(path, { force: true });
      await writeFile(path, volume?.secret ? Buffer.from(text, "base64") : text);
      await chmod(path, 0o440);
      if (asRoot) await chown(path, 0, group);
    }
    if (asRoot) await chown(directory, 0, group);
    await chmod(directory, 0o2770);
    return directory;
  }

  get #securityContext(): SecurityContext {
    return (this.#pod.securityContext ?? {}) as SecurityContext;
  }

  #userOf({ securityContext }: Container): string[] {
    const id = (securityContext as SecurityContext | undefined)?.runAsUser ?? this.#securityContext.runAsUser;
    if (id === undefined) return [];
    const groups = this.#securityContext.fsGroup;
    return [`--reuid=${id}`, `--regid=${id}`, groups === undefined ? "--clear-groups" : `--groups=${groups}`];
  }

  #valueOf({ value, valueFrom }: NonNullable<Container["env"]>[number]): string {
    const field = (valueFrom as { fieldRef?: { fieldPath: string } } | undefined)?.fieldRef?.fieldPath;
    return field === undefined ? (value ?? "") : (this.#options.fields[field] ?? "");
  }
}
