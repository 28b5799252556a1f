import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort, isPortFree, reservePorts } from "./ports.ts";

test("ports are distinct across concurrent callers, free, and outside the ephemeral and NodePort ranges", async () => {
  const ports = (await Promise.all(Array.from({ length: 20 }, () => reservePorts(10)))).flat();
  expect(new Set(ports).size).toBe(200);
  for (const port of ports) expect(port).toSatisfy((value: number) => value >= 20_000 && value < 30_000);
});

test("a port somebody listens on is not free, and is free again afterwards", async () => {
  const port = await freePort();
  expect(await isPortFree(port)).toBe(true);
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  expect(await isPortFree(port)).toBe(false);
  server.close();
  await once(server, "close");
  expect(await isPortFree(port)).toBe(true);
});

test("a server on all addresses counts as well", async () => {
  const port = await freePort();
  const server = createServer().listen(port, "0.0.0.0");
  await once(server, "listening");
  expect(await isPortFree(port)).toBe(false);
  server.close();
});

test("excluded ports are never given out, and asking for too many fails clearly", async () => {
  const all = new Set(Array.from({ length: 10_000 }, (_, index) => 20_000 + index));
  all.delete(29_999);
  await expect(reservePorts(2, { exclude: all })).rejects.toMatchObject({ code: "no-free-port" });
});
