import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { freePort } from "@fairlead/components";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loopback, PortRegistry } from "./ports.ts";

let registry: PortRegistry;
let port: number;
let server: Server | undefined;

beforeEach(async () => {
  registry = new PortRegistry();
  port = await freePort();
});
afterEach(() => {
  server?.close();
  server = undefined;
});

async function occupy(): Promise<void> {
  server = createServer().listen(port, loopback);
  await once(server, "listening");
}

describe("the port of before", () => {
  test("is kept while it is free", async () => {
    expect(await registry.assign("abc", ["api"], { recorded: { api: port } })).toEqual({ api: port });
  });

  test("is kept while the owner's process listens on it", async () => {
    await occupy();
    const options = { recorded: { api: port }, isListening: () => true };
    expect(await registry.assign("abc", ["api"], options)).toEqual({ api: port });
  });

  test("is kept if the owner's process has just been restarted, and is known a moment later", async () => {
    await occupy();
    let looks = 0;
    const options = { recorded: { api: port }, isListening: () => ++looks > 6 };
    expect(await registry.assign("abc", ["api"], options)).toEqual({ api: port });
  });

  test("is given up if somebody else listens on it", async () => {
    await occupy();
    const { api } = await registry.assign("abc", ["api"], { recorded: { api: port } });
    expect(api).not.toBe(port);
  });

  test("is given up if another owner has it, also while nothing of that owner runs", async () => {
    registry.claim("abcd", { api: port });
    const { api } = await registry.assign("abc", ["api"], { recorded: { api: port } });
    expect(api).not.toBe(port);
  });
});
