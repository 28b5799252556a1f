import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { localWebhookPki } from "@fairlead/control-plane";
import pino from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Renewable, renewRegularly } from "./renew-certificates.ts";
import { useCertificates } from "./webhooks.ts";

const hourMs = 60 * 60_000;
const yearMs = 365 * 24 * hourMs;
let directory: string;
const now = Date.now();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-renewal-"));
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(directory, { recursive: true });
});

/** Of a connection made now: whether the server's certificate is one of this authority, in its time. */
async function verdict(port: number, ca: string): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port, ca, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect");
    return socket.authorized ? "authorized" : String(socket.authorizationError);
  } finally {
    socket.destroy();
  }
}

test("each 12 hours: what has come to its end is renewed while it serves, and a failure is tried again", async () => {
  vi.setSystemTime(now - 1.1 * yearMs);
  const old = await localWebhookPki(directory);
  vi.setSystemTime(now);
  const server = createServer({ ...old.serving }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const management = { managerKubeconfig: "old", renew: vi.fn().mockRejectedValueOnce(new Error("disk full")) };
  const client = { renew: vi.fn() };
  const etcd = { renew: vi.fn() };
  const webhooks = { renew: vi.fn((pki) => useCertificates(server, pki)) };
  const logged: string[] = [];
  const stop = renewRegularly(
    { management, client, etcd, webhooks, webhookDirectory: directory } as unknown as Renewable,
    pino({}, { write: (line) => void logged.push(line) }),
  );
  try {
    expect(await verdict(port, old.authority.cert)).toBe("CERT_HAS_EXPIRED");

    await vi.advanceTimersByTimeAsync(12 * hourMs);
    await vi.waitFor(() => expect(logged.join()).toContain("disk full"), { timeout: 10_000 });
    expect(webhooks.renew).not.toHaveBeenCalled();

    management.renew.mockImplementation(async () => {
      management.managerKubeconfig = "new";
    });
    vi.setSystemTime(now - 12 * hourMs);
    await vi.advanceTimersByTimeAsync(12 * hourMs);
    await vi.waitFor(() => expect(webhooks.renew).toHaveBeenCalledOnce(), { timeout: 10_000 });
    expect(client.renew).toHaveBeenCalledExactlyOnceWith("new");
    expect(etcd.renew).toHaveBeenCalled();
    expect((await localWebhookPki(directory)).authority).toEqual(old.authority);
    expect(await verdict(port, old.authority.cert)).toBe("authorized");
  } finally {
    stop();
    server.close();
  }
});
