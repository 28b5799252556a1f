import { HelmError } from "../runner/helm-error.ts";
import type { Git } from "./git.ts";

/** What is asked for: a tag, a branch, or a commit on a branch. */
export interface GitRef {
  branch?: string | undefined;
  tag?: string | undefined;
  commit?: string | undefined;
}

export interface ResolvedCommit {
  commit: string;
  /** `refs/heads/main` or `refs/tags/v1` */
  ref: string;
}

/** Asks the server which commit is meant; a commit that is given in full costs no question. */
export async function resolveCommit(git: Git, wanted: GitRef): Promise<ResolvedCommit> {
  const ref = wanted.tag ? `refs/tags/${wanted.tag}` : `refs/heads/${wanted.branch ?? ""}`;
  if (wanted.commit) return { commit: wanted.commit, ref };
  const output = await git
    .run(["ls-remote", "--exit-code", "--", git.remote, ref, `${ref}^{}`])
    .catch((error: unknown) => {
      // `--exit-code`: ends with 2, and says nothing, if there is no such ref.
      if (error instanceof HelmError && error.kind === "unknown" && error.stderr.trim() === "") return "";
      throw error;
    });
  const commit = commitOf(output, ref);
  if (commit) return { commit, ref };
  throw new HelmError(
    "chart-not-found",
    `git: the repository has no ${wanted.tag ? `tag ${wanted.tag}` : `branch ${wanted.branch}`}`,
    {
      command: "ls-remote",
    },
  );
}

/** Of `<hash>\\t<ref>` lines; an annotated tag's commit stands behind `^{}`. */
export function commitOf(output: string, ref: string): string | undefined {
  const lines = output.split("\n").map((line) => line.split("\t"));
  const hashOf = (name: string) => lines.find(([, found]) => found === name)?.[0];
  const commit = hashOf(`${ref}^{}`) ?? hashOf(ref);
  // It becomes an argument of further calls: a server's word is taken for a hash only if it is one.
  return commit && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit) ? commit : undefined;
}
