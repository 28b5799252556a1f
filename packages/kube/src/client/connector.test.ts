import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { TestAuthority } from "@fairlead/testkit";
import type { buildConnector } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectorOf } from "./connector.ts";

let ca: string;
let answering: Server;
/** Takes connections and says nothing. */
let silent: Server;
const sockets: Socket[] = [];

beforeAll(async () => {
  const authority = await TestAuthority.create();
  ca = authority.cert;
  answering = createTlsServer(await authority.serverCertificate(), (socket) => socket.end("hello"));
  silent = createServer((socket) => sockets.push(socket));
  await Promise.all([answering, silent].map((server) => once(server.listen(0, "127.0.0.1"), "listening")));
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  answering?.close();
  silent?.close();
});

function open(connect: buildConnector.connector, server: Server): Promise<TLSSocket> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const target = { protocol: "https:", hostname: "127.0.0.1", host: `127.0.0.1:${port}`, port: String(port) };
    connect(target, (error, socket) => (error ? reject(error) : resolve(socket as TLSSocket)));
  });
}

test("a later connection goes on with the TLS session of the first", async () => {
  const connect = connectorOf({ ca, allowH2: false });
  const reused: boolean[] = [];
  for (let number = 0; number < 2; number++) {
    const socket = await open(connect, answering);
    reused.push(socket.isSessionReused());
    socket.resume();
    await once(socket, "close");
  }
  expect(reused).toEqual([false, true]);
});

test("servers that take connections and say nothing hold up no other", async () => {
  const toSilent = connectorOf({ ca, allowH2: false, timeout: 60_000 });
  const waiting = Array.from({ length: 40 }, () => open(toSilent, silent).catch((error: Error) => error));
  const socket = await Promise.race([open(connectorOf({ ca, allowH2: false }), answering), ...waiting]);
  expect(socket).toHaveProperty("authorized", true);
  for (const accepted of sockets) accepted.destroy();
  (socket as TLSSocket).destroy();
});
