import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { createSecureContext, createServer as createTlsServer, type TLSSocket } from "node:tls";
import { TestAuthority } from "@fairlead/testkit";
import type { buildConnector } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectorOf, type TlsSession } from "./connector.ts";

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

/** Whether each of two connections, one after the other, went on from a session. */
async function reuse(connectors: readonly buildConnector.connector[]): Promise<boolean[]> {
  const reused: boolean[] = [];
  for (const connect of connectors) {
    const socket = await open(connect, answering);
    reused.push(socket.isSessionReused());
    socket.resume();
    await once(socket, "close");
  }
  return reused;
}

test("a later connection goes on from the TLS session of the first, also when all else was given back", async () => {
  const { connect } = connectorOf({ ca, allowH2: false });
  expect(await reuse([connect, connect])).toEqual([false, true]);
  const session: TlsSession = {};
  const anew = () => connectorOf({ ca, allowH2: false }, session).connect;
  expect(await reuse([anew(), anew()])).toEqual([false, true]);
  expect(session.data?.buffer.byteLength).toBeLessThan(10_000);
  expect(await reuse([connectorOf({ ca, allowH2: false }).connect])).toEqual([false]);
});

test("a session lets nobody past the verification", async () => {
  const session = {};
  await reuse([connectorOf({ ca, allowH2: false }, session).connect]);
  const other = await TestAuthority.create();
  await using foreign = createTlsServer(await other.serverCertificate(), (socket) => socket.end("hello"));
  await once(foreign.listen(0, "127.0.0.1"), "listening");
  await expect(open(connectorOf({ ca, allowH2: false }, session).connect, foreign)).rejects.toThrow("signature");
});

test("servers that take connections and say nothing hold up no other", async () => {
  const { connect: toSilent } = connectorOf({ ca, allowH2: false, timeout: 60_000 });
  const waiting = Array.from({ length: 40 }, () => open(toSilent, silent).catch((error: Error) => error));
  const socket = await Promise.race([open(connectorOf({ ca, allowH2: false }).connect, answering), ...waiting]);
  expect(socket).toHaveProperty("authorized", true);
  for (const accepted of sockets) accepted.destroy();
  (socket as TLSSocket).destroy();
});

test("one that is closed opens no connection, and leaves alone what is open or about to be", async () => {
  const { connect, close } = connectorOf({ secureContext: createSecureContext({ ca }), allowH2: false });
  const before = open(connect, answering);
  await setImmediate();
  close();
  const socket = await before;
  socket.resume();
  await once(socket, "close");
  await expect(open(connect, answering)).rejects.toThrow("connections are opened no more");
});
