import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { promisify } from "node:util";
import { dieWithParent } from "@fairlead/components";
import { waitFor } from "@fairlead/kube";

const run = promisify(execFile);

/** Mounts that let a test write where pods have their files, and nobody outside see it. */
const prepare = `
set -e
scratch=$(mktemp -d)
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/etc" "$scratch/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$scratch/etc,workdir=$scratch/work" /etc
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/lib
ip link set lo up
echo ready
exec sleep infinity
`;

/**
 * A Linux network namespace with mounts of its own, as a pod or a node has them. It lasts as long as its holder, a
 * sleeping process, which the kernel ends with this one. Whoever is not root gets it inside of a user namespace.
 */
export class NetworkNamespace {
  readonly name: string;
  readonly #holder: ChildProcess;
  readonly #processes: ChildProcess[] = [];

  private constructor(name: string, holder: ChildProcess) {
    this.name = name;
    this.#holder = holder;
  }

  /**
   * @param outer the first one, for all others: namespaces that are to be linked need a common owner
   * @throws Error that says what the machine does not allow
   */
  static async create(name: string, outer?: NetworkNamespace): Promise<NetworkNamespace> {
    const asUser = process.getuid?.() === 0 || outer ? [] : ["--user", "--map-root-user"];
    const unshare = ["unshare", ...asUser, "--net", "--mount", "--propagation", "private", "bash", "-c", prepare];
    const [file = "", ...args] = [...(outer?.enter() ?? []), ...unshare];
    const launch = await dieWithParent(file, args);
    const holder = spawn(launch.file, launch.args, { stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    holder.stdout?.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
    holder.stderr?.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
    const ended = once(holder, "exit").then(() => {
      throw new Error(`this test needs network, mount and (unless it runs as root) user namespaces: ${output.stderr}`);
    });
    ended.catch(() => {}); // Also when the test ends it.
    const ready = waitFor(async () => output.stdout.includes("ready"), { what: `network namespace ${name}` });
    await Promise.race([ready, ended]);
    return new NetworkNamespace(name, holder);
  }

  get pid(): number {
    return this.#holder.pid ?? 0;
  }

  /** What has to stand before a command for it to run in here. */
  enter(): string[] {
    const user = process.getuid?.() === 0 ? [] : ["--user", "--preserve-credentials"];
    return ["nsenter", "--target", `${this.pid}`, ...user, "--net", "--mount", "--"];
  }

  /** Runs a command to its end. Rejects with what it said if it fails. */
  async run(command: string, args: readonly string[], options: { timeoutMs?: number } = {}): Promise<string> {
    const [file = "", ...rest] = [...this.enter(), command, ...args];
    const { stdout } = await run(file, rest, { timeout: options.timeoutMs ?? 60_000, maxBuffer: 16 * 2 ** 20 });
    return stdout;
  }

  async script(text: string): Promise<void> {
    await this.run("bash", ["-ec", text]);
  }

  /** Starts a process that lasts until `stop`, or until this one ends. */
  async start(command: readonly string[], logFile: string): Promise<ChildProcess> {
    const [file = "", ...args] = [...this.enter(), ...command];
    const launch = await dieWithParent(file, args);
    const child = spawn(launch.file, launch.args, { stdio: ["ignore", "pipe", "pipe"] });
    const log = createWriteStream(logFile, { flags: "a" });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    this.#processes.push(child);
    return child;
  }

  /** Joins two namespaces by a cable; addresses with their prefix lengths. */
  async connectTo(other: NetworkNamespace, ends: { name: string; here: string; there: string }): Promise<void> {
    const { name, here, there } = ends;
    await this.script(`
      ip link add ${name} type veth peer name ${name} netns ${other.pid}
      ip address add ${here} dev ${name}; ip link set ${name} up`);
    await other.script(`ip address add ${there} dev ${name}; ip link set ${name} up`);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes, this.#holder].map((child) => end(child)));
  }
}

/** Ends a process and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
