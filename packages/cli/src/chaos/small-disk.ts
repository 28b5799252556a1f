import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * A disk of its own for one directory, which can be filled to the last byte: a tmpfs in a mount namespace that a process holds.
 * Needs the right to make namespaces.
 */
export class SmallDisk implements AsyncDisposable {
  readonly #holder: ChildProcess;
  readonly #directory: string;

  private constructor(holder: ChildProcess, directory: string) {
    this.#holder = holder;
    this.#directory = directory;
  }

  /** @throws Error with what the system says if there can be none */
  static async mount(directory: string, megabytes: number): Promise<SmallDisk> {
    await mkdir(directory, { recursive: true });
    const script = 'mount -t tmpfs -o "size=$SIZE,mode=700" tmpfs "$AT" && echo mounted && exec sleep infinity';
    const holder = spawn("unshare", ["--mount", "--map-root-user", "sh", "-c", script], {
      env: { PATH: process.env.PATH, AT: directory, SIZE: `${megabytes}m` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    holder.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
    });
    const outcome = await Promise.race([
      once(holder.stdout, "data").then(() => "mounted"),
      once(holder, "close").then(() => said.trim() || "unshare failed"),
      once(holder, "error").then(([error]) => String(error)),
    ]);
    if (outcome !== "mounted") throw new Error(outcome);
    return new SmallDisk(holder, directory);
  }

  /** The directory as it is seen from outside. */
  get root(): string {
    return join("/proc", `${this.#holder.pid}`, "root", this.#directory);
  }

  /** Command line that runs another one where the disk is. */
  get prefix(): string[] {
    return ["nsenter", "--target", `${this.#holder.pid}`, "--user", "--mount", "--preserve-credentials"];
  }

  async fill(): Promise<void> {
    const ballast = await open(this.#ballast, "w");
    try {
      for (const size of [1024 * 1024, 4096]) {
        const block = Buffer.alloc(size);
        while (await written(ballast.write(block)));
      }
    } finally {
      await ballast.close();
    }
  }

  async free(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return;
    this.#holder.kill("SIGKILL");
    await once(this.#holder, "close");
  }

  get #ballast(): string {
    return join(this.root, "ballast");
  }
}

async function written(write: Promise<{ bytesWritten: number }>): Promise<boolean> {
  try {
    return (await write).bytesWritten > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return false;
    throw error;
  }
}
