import { fileURLToPath } from "node:url";
import type { BinaryPin } from "../src/binaries/pins.ts";

export const toolsDirectory = fileURLToPath(new URL("tools", import.meta.url));

/** A pin for the Go program in `tools/hello`; the tests have no component of their own, so it borrows a name. */
export const helloPin: BinaryPin = {
  name: "kwok",
  version: "1.2.3",
  versionArgs: [],
  versionPattern: /^hello version v(\S+)/m,
  source: {
    kind: "go-module",
    tool: "hello",
    package: "fairlead.dev/fixtures/hello",
    ldflags: ["-s", "-X", "fairlead.dev/fixtures/hello/version.Version=1.2.3"],
  },
};
