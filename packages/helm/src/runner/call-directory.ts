import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A private folder for the files of one helm call: kubeconfig, values, credentials. Gone when the call is over. */
export class CallDirectory implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(parent: string): Promise<CallDirectory> {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    return new CallDirectory(await mkdtemp(join(parent, `${process.pid}-`)));
  }

  /** Writes a file that only its owner can read, and returns its path. */
  async write(name: string, content: string | Buffer): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, content, { mode: 0o600, flag: "wx" });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
