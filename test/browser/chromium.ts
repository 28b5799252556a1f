import { delimiter, join } from "node:path";
import { isExecutable } from "@fairlead/testkit/is-executable";

const names = ["chromium", "chromium-browser", "google-chrome"];

/**
 * The system's Chromium, or the one that CHROMIUM names.
 * @throws Error that says how to get one: without a browser the tests fail, they are not left out
 */
export function chromiumPath(): string {
  const { CHROMIUM, PATH = "" } = process.env;
  const candidates = CHROMIUM
    ? [CHROMIUM]
    : PATH.split(delimiter).flatMap((directory) => names.map((name) => join(directory, name)));
  const found = candidates.find(isExecutable);
  if (!found) {
    throw new Error(
      "The browser tests need Chromium: install it (Debian, Ubuntu: apt-get install -y chromium), or name it in CHROMIUM.",
    );
  }
  return found;
}
