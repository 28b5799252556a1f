import { execa } from "execa";
import { childEnvironment } from "../environment.ts";
import type { BinaryPin } from "./pins.ts";

const timeoutMs = 20_000;

/** Asks a binary for its version. Undefined if it does not answer as this component does, or not at all. */
export async function askVersion(
  path: string,
  pin: Pick<BinaryPin, "versionArgs" | "versionPattern">,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const result = await execa(path, [...pin.versionArgs], {
    env: childEnvironment(),
    extendEnv: false,
    stdin: "ignore",
    all: true,
    reject: false,
    timeout: timeoutMs,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  signal?.throwIfAborted();
  return result.failed ? undefined : pin.versionPattern.exec(result.all)?.[1];
}
