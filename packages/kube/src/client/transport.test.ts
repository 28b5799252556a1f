import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { TestAuthority } from "@fairlead/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Transport } from "./transport.ts";

let ca: string;
let server: Server;
let open = 0;
let accepted = 0;

beforeAll(async () => {
  const authority = await TestAuthority.create();
  ca = authority.cert;
  server = createServer(await authority.serverCertificate(), (_request, response) => response.end("{}"));
  server.keepAliveTimeout = 60_000; // So that it is not the server who closes them.
  server.on("secureConnection", (socket) => {
    open++;
    accepted++;
    socket.once("close", () => open--);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => void server?.close());

test("at rest a connection is kept for what is asked together, and given back by itself", async () => {
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transport = new Transport({ server: url, ca, idleMs: 60_000 });
  const ask = () => transport.send({ method: "GET", path: "/" });
  try {
    await ask();
    transport.rest();
    await expect.poll(() => open, { timeout: 10_000 }).toBe(0);
    await Promise.all([ask(), ask(), ask()]);
    await ask();
    expect(accepted).toBe(2);
    expect(open).toBe(1);
    await expect.poll(() => open, { timeout: 10_000 }).toBe(0);
    await ask();
    expect(accepted).toBe(3);
  } finally {
    await transport.close();
  }
});
