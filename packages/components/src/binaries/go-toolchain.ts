import { execa } from "execa";
import { type Environment, goEnvironment } from "../environment.ts";
import { ComponentError } from "../errors.ts";

/** The newest `go` line among the modules of `tools/`. */
export const minimalGoVersion = "1.26";

/** Version of the `go` on PATH without the `go` prefix, for example `1.26.8`; undefined if there is none. */
export async function goVersion(environment: Environment, signal?: AbortSignal): Promise<string | undefined> {
  const result = await execa("go", ["env", "GOVERSION"], {
    env: goEnvironment(environment),
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  signal?.throwIfAborted();
  return result.failed ? undefined : /^go(\d\S*)/.exec(result.stdout)?.[1];
}

/** True for the minimal version, anything newer, and pre-releases of it (`1.26rc1`). */
export function isGoNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = minimalGoVersion.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

export async function requireGo(environment: Environment, signal?: AbortSignal): Promise<void> {
  const version = await goVersion(environment, signal);
  if (version === undefined) {
    throw new ComponentError(
      "go-missing",
      `Building it needs Go ${minimalGoVersion} or newer, and there is no \`go\` on PATH`,
    );
  }
  if (!isGoNewEnough(version)) {
    throw new ComponentError(
      "go-too-old",
      `Building it needs Go ${minimalGoVersion} or newer; the \`go\` on PATH is ${version}`,
    );
  }
}
