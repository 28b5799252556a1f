import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { builtin } from "../builtin/builtin-types.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { Informer } from "../informer/informer.ts";
import { keyOf, refOf } from "../objects.ts";
import { sleep } from "../sleep.ts";
import { waitFor } from "../wait-for.ts";
import { Controller, type ControllerOptions } from "./controller.ts";
import { Manager } from "./manager.ts";
import { type Reconciler, TerminalError } from "./reconciler.ts";

let server: TestApiServer;
let client: KubeClient;
let namespace: string;
let registry: Registry;
let logLines: Record<string, unknown>[];

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
});
afterAll(async () => server?.stop());
beforeEach(async () => {
  const created = await client.create(builtin.Namespace, { metadata: { generateName: "controller-" } });
  namespace = created.metadata.name ?? "";
  registry = new Registry();
  logLines = [];
});

const write = (name: string, data: Record<string, string> = {}) =>
  client.apply(builtin.ConfigMap, { metadata: { name, namespace }, data }, { fieldManager: "test" });

/** Runs a controller of this namespace's ConfigMaps until the test ends. */
function startController(reconcile: Reconciler["reconcile"], options: Partial<ControllerOptions> = {}) {
  const logger = pino({}, { write: (line: string) => void logLines.push(JSON.parse(line)) });
  const informer = new Informer({ client, type: builtin.ConfigMap, namespace });
  const controller = new Controller({ name: "test", reconciler: { reconcile }, logger, registry, ...options });
  controller.watch(informer, (object) => [refOf(object)]);
  const stop = new AbortController();
  const manager = new Manager({ logger }).add(informer).add(controller);
  const running = manager.run(stop.signal);
  onTestFinished(() => stop.abort());
  return { controller, informer, stop, running };
}

async function metric(name: string, labels: Record<string, string>): Promise<number | undefined> {
  const found = await registry.getSingleMetric(name)?.get();
  const matches = (candidate: Partial<Record<string, string | number>>) =>
    Object.entries(labels).every(([label, value]) => candidate[label] === value);
  return found?.values.find((value) => matches(value.labels))?.value;
}

describe("Controller", () => {
  it("reconciles what is there and what comes until the world is as asked", async () => {
    await write("before");
    startController(async (request, { signal }) => {
      const ref = { name: request.name, namespace };
      await client.mergePatch(builtin.ConfigMap, ref, { data: { seen: "yes" } }, { signal });
    });
    await write("after");
    for (const name of ["before", "after"]) {
      await waitFor(async () => (await client.get(builtin.ConfigMap, { name, namespace })).data?.seen === "yes", {
        what: `${name} to be seen`,
      });
    }
  });

  it("does not even queue what is not its concern, wherever it comes from", async () => {
    await write("foreign");
    const seen: string[] = [];
    const { controller, informer } = startController(
      async ({ name }) => {
        seen.push(name);
      },
      { concerns: ({ name }) => name !== "foreign" },
    );
    await informer.synced();
    controller.enqueue({ name: "foreign", namespace });
    await write("foreign", { changed: "yes" });
    await write("own");
    await waitFor(() => seen.includes("own"), { what: "own to be seen" });
    expect(seen).not.toContain("foreign");
    expect(await metric("workqueue_adds_total", { name: "test" })).toBe(1);
  });

  it("retries with backoff until it succeeds, each try with its own reconcileId", async () => {
    await write("flaky");
    let tries = 0;
    startController(async () => {
      if (++tries < 4) throw new Error(`try ${tries}`);
    });
    await waitFor(() => tries === 4, { what: "four tries" });
    const failures = logLines.filter((line) => line.msg === "Retrying after an error");
    expect(failures.map((line) => line.delayMs)).toEqual([5, 10, 20]);
    expect(failures[0]).toMatchObject({ controller: "test", name: "flaky", namespace, err: { message: "try 1" } });
    expect(new Set(failures.map((line) => line.reconcileId)).size).toBe(3);
    await waitFor(() => metric("controller_runtime_reconcile_total", { controller: "test", result: "success" }), {
      what: "the success to be counted",
    });
    expect(await metric("controller_runtime_reconcile_total", { controller: "test", result: "error" })).toBe(3);
    expect(await metric("workqueue_retries_total", { name: "test" })).toBe(3);
  });

  it("does not retry a TerminalError until the object changes", async () => {
    await write("hopeless");
    let tries = 0;
    startController(async () => {
      tries++;
      throw new TerminalError("spec.x: must be y");
    });
    await waitFor(() => tries === 1, { what: "the first try" });
    await sleep(300);
    expect(tries).toBe(1);
    await write("hopeless", { a: "1" });
    await waitFor(() => tries > 1, { what: "the second try" });
    await sleep(300);
    expect(tries).toBe(2);
    expect(await metric("controller_runtime_terminal_reconcile_errors_total", { controller: "test" })).toBe(2);
  });

  it("comes back after requeueAfterMs", async () => {
    await write("periodic");
    const times: number[] = [];
    startController(async () => {
      times.push(performance.now());
      return { requeueAfterMs: 100 };
    });
    await waitFor(() => times.length >= 3, { what: "three rounds" });
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(195);
  });

  it("never runs twice at once for a request, but does for several", async () => {
    for (const name of ["a", "b", "c", "d"]) await write(name);
    const running = new Set<string>();
    let most = 0;
    let overlaps = 0;
    let rounds = 0;
    const { controller } = startController(
      async (request) => {
        const key = keyOf(request);
        if (running.has(key)) overlaps++;
        running.add(key);
        most = Math.max(most, running.size);
        controller.enqueue(request);
        await sleep(5);
        running.delete(key);
        rounds++;
      },
      { concurrency: 3 },
    );
    await waitFor(() => rounds > 60, { what: "sixty rounds" });
    expect({ overlaps, most }).toEqual({ overlaps: 0, most: 3 });
  });

  it("does what users change before the initial list", async () => {
    for (let i = 0; i < 10; i++) await write(`old-${i}`);
    const order: string[] = [];
    const { informer } = startController(async (request) => {
      if (order.length === 0) {
        await write("urgent");
        await waitFor(() => informer.get(`${namespace}/urgent`), { what: "urgent in the cache", intervalMs: 5 });
      }
      order.push(request.name);
    });
    await waitFor(() => order.length === 11, { what: "eleven requests" });
    expect(order[1]).toBe("urgent");
  });

  it("looks at everything once more when it is resynced", async () => {
    for (const name of ["a", "b"]) await write(name);
    const seen: string[] = [];
    const { controller } = startController(async (request) => {
      seen.push(request.name);
    });
    await waitFor(() => seen.length === 2, { what: "both" });
    await controller.resync();
    await waitFor(() => seen.length === 4, { what: "both again" });
    expect(seen.slice(2).sort()).toEqual(["a", "b"]);
  });

  it("shows its metrics at zero before anything happens", async () => {
    startController(async () => {}, { concurrency: 4 });
    for (const result of ["success", "error", "requeue_after"]) {
      expect(await metric("controller_runtime_reconcile_total", { controller: "test", result })).toBe(0);
    }
    expect(await metric("workqueue_depth", { name: "test", priority: "high" })).toBe(0);
    expect(await metric("controller_runtime_max_concurrent_reconciles", { controller: "test" })).toBe(4);
    expect(await registry.metrics()).toContain("workqueue_longest_running_processor_seconds");
  });

  it("ends with the name of the source whose cache does not fill", async () => {
    const logger = pino({ level: "silent" });
    const nobody = await server.clientAs("nobody");
    const informer = new Informer({ client: nobody, type: builtin.Deployment });
    const reconciler = { reconcile: async () => {} };
    const controller = new Controller({ name: "stuck", reconciler, logger, registry, cacheSyncTimeoutMs: 200 });
    controller.watch(informer, () => []);
    const run = new Manager({ logger }).add(informer).add(controller).run(new AbortController().signal);
    await expect(run).rejects.toThrow(
      'timed out after 0.2 s waiting for the cache of Deployment.apps (controller "stuck")',
    );
  });

  it("does not work before the caches that it asks are full, though it hears nothing of them", async () => {
    await write("known");
    const logger = pino({ level: "silent" });
    const watched = new Informer({ client, type: builtin.ConfigMap, namespace });
    const asked = new Informer({ client, type: builtin.Namespace });
    const seen: boolean[] = [];
    const reconciler = { reconcile: async () => void seen.push(asked.hasSynced) };
    const controller = new Controller({ name: "asking", reconciler, logger, registry });
    controller.watch(watched, (object) => [refOf(object)]);
    controller.needs([asked]);
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    void new Manager({ logger }).add(watched).add(controller).run(stop.signal);
    await watched.synced();
    await sleep(100);
    expect(seen).toEqual([]);
    asked.start(stop.signal);
    await expect.poll(() => seen[0], { timeout: 30_000 }).toBe(true);
  });
});

describe("Manager", () => {
  it("stops gracefully: waits for the reconciliation under way", async () => {
    await write("slow");
    let ended = false;
    let begun = false;
    const { stop, running } = startController(async (_, { signal }) => {
      begun = true;
      await sleep(60_000, signal).catch(() => sleep(50));
      ended = true;
    });
    await waitFor(() => begun, { what: "the reconciliation to begin" });
    stop.abort();
    await running;
    expect(ended).toBe(true);
  });

  it("stops all when one fails, and throws its error", async () => {
    const stopped: string[] = [];
    const manager = new Manager({ logger: pino({ level: "silent" }) })
      .add({ start: () => sleep(20).then(() => Promise.reject(new Error("broken"))) })
      .add({
        start: async (signal) => {
          await sleep(60_000, signal).catch(() => {});
          stopped.push("other");
        },
      });
    await expect(manager.run(new AbortController().signal)).rejects.toThrow("broken");
    expect(stopped).toEqual(["other"]);
  });
});
