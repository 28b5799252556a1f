import { join } from "node:path";
import type { CallDirectory } from "./call-directory.ts";
import type { RepositoryChart } from "./chart-reference.ts";
import { HelmError } from "./helm-error.ts";
import type { ProgramOutput } from "./helm-process.ts";

interface Repository extends Pick<RepositoryChart, "url" | "access"> {
  name: string;
}

/** Passwords stand in a file of the call and not in a command line. JSON is YAML. */
export async function addRepositories(repositories: readonly Repository[], directory: CallDirectory): Promise<void> {
  const entries = await Promise.all(
    repositories.map(async ({ name, url, access }) => ({
      name,
      url,
      ...access?.login,
      ...(access?.ca ? { caFile: await directory.write(`${name}-ca.pem`, access.ca) } : {}),
      ...(access?.insecureSkipTlsVerify ? { insecure_skip_tls_verify: true } : {}),
    })),
  );
  await directory.write(repositoriesFile, JSON.stringify({ apiVersion: "", repositories: entries }));
}

const repositoriesFile = "repositories.yaml";

/** Where helm looks for repositories during a call. */
export function repositoryEnvironment(directory: string): Record<string, string> {
  return {
    HELM_REPOSITORY_CONFIG: join(directory, repositoriesFile),
    HELM_REPOSITORY_CACHE: join(directory, "repositories"),
  };
}

/** `helm repo update` tells the reason on standard output, behind a tab. */
export function explainUpdate({ command, stdout, stderr, secrets }: ProgramOutput): HelmError {
  const reason = /^\t(.+)$/m.exec(stdout)?.[1];
  return HelmError.fromStderr(command, reason ? `Error: ${reason}` : stderr, secrets);
}
