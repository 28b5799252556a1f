import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A git repository on this machine's disk, made by the real git. */
export class GitRepository {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(directory: string): Promise<GitRepository> {
    const repository = new GitRepository(directory);
    await mkdir(directory, { recursive: true });
    await repository.git("init", "--quiet", "--initial-branch=main");
    return repository;
  }

  /** Commits files, path -> text, and links, path -> target; returns the commit. */
  async commit(files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}): Promise<string> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.directory, path)), { recursive: true });
      await writeFile(join(this.directory, path), text);
    }
    for (const [path, target] of Object.entries(links)) await symlink(target, join(this.directory, path));
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--message=test");
    return (await this.git("rev-parse", "HEAD")).trim();
  }

  async git(...args: string[]): Promise<string> {
    const identity = { GIT_AUTHOR_NAME: "test", GIT_AUTHOR_EMAIL: "test@example.com" };
    const committer = { GIT_COMMITTER_NAME: "test", GIT_COMMITTER_EMAIL: "test@example.com" };
    const env = { PATH: process.env.PATH, HOME: this.directory, GIT_CONFIG_NOSYSTEM: "1", ...identity, ...committer };
    return (await run("git", args, { cwd: this.directory, env })).stdout;
  }
}
