import { startTestApiServer, TcpProxy, type TestApiServer } from "@fairlead/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { builtin } from "../builtin/builtin-types.ts";
import type { ConfigMap } from "../builtin/core.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { waitFor } from "../wait-for.ts";
import { Informer, type InformerOptions } from "./informer.ts";

let server: TestApiServer;
let client: KubeClient;
let namespace: string;

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
});
afterAll(async () => server?.stop());
beforeEach(async () => {
  const created = await client.create(builtin.Namespace, { metadata: { generateName: "informer-" } });
  namespace = created.metadata.name ?? "";
});

const put = (name: string, value: string) =>
  client.apply(
    builtin.ConfigMap,
    { metadata: { name, namespace, labels: { value } }, data: { value } },
    { fieldManager: "test" },
  );
const remove = (name: string) => client.delete(builtin.ConfigMap, { name, namespace });

async function startInformer(options: Partial<InformerOptions<ConfigMap>> = {}) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const informer = new Informer({ client, type: builtin.ConfigMap, namespace, ...options });
  const log: string[] = [];
  const textOf = (object: ConfigMap) => `${object.metadata.name}=${object.data?.value}`;
  informer.addHandler({
    onAdd: (object, initial) => log.push(`${initial ? "initial" : "add"} ${textOf(object)}`),
    onUpdate: (old, object) => log.push(`update ${textOf(old)} ${textOf(object)}`),
    onDelete: (object) => log.push(`delete ${textOf(object)}`),
  });
  informer.start(stop.signal);
  await informer.synced(AbortSignal.timeout(30_000));
  return { informer, log, stop };
}

const logged = (log: string[], entry: string) =>
  waitFor(() => log.includes(entry), { what: `"${entry}"`, timeoutMs: 30_000 });

describe("Informer", () => {
  it("tells what was there, what comes, changes with the old state, and goes, in order", async () => {
    await put("a", "1");
    const { informer, log } = await startInformer();
    await put("b", "1");
    await put("a", "2");
    await remove("b");
    await logged(log, "delete b=1");
    expect(log).toEqual(["initial a=1", "add b=1", "update a=1 a=2", "delete b=1"]);
    expect(informer.list().map((object) => object.metadata.name)).toEqual(["a"]);
  });

  it("can be stopped, asked for one list, and started again, and misses nothing", async () => {
    await put("a", "1");
    await put("b", "1");
    const { informer, log, stop } = await startInformer();
    expect(() => informer.start(stop.signal)).toThrow("runs already");
    stop.abort();
    await put("a", "2");
    await remove("b");
    await informer.refresh(AbortSignal.timeout(30_000));
    expect(log.slice(2).toSorted()).toEqual(["delete b=1", "update a=1 a=2"]);
    await put("c", "1");
    const again = new AbortController();
    onTestFinished(() => again.abort());
    informer.start(again.signal);
    await logged(log, "add c=1");
    await put("a", "3");
    await logged(log, "update a=2 a=3");
    expect(log).toHaveLength(6);
  });

  it("holds frozen objects without managedFields, of a kind", async () => {
    await put("a", "1");
    const { informer } = await startInformer();
    const object = informer.get(`${namespace}/a`);
    expect(object).toMatchObject({ apiVersion: "v1", kind: "ConfigMap" });
    expect(object?.metadata.managedFields).toBeUndefined();
    expect(() => Object.assign(object?.data ?? {}, { value: "changed" })).toThrow(TypeError);
  });

  it("keeps its indexes current", async () => {
    await put("a", "red");
    await put("b", "red");
    const { informer, log } = await startInformer();
    informer.addIndex("byValue", (object) => [object.data?.value ?? ""]);
    const names = (value: string) => informer.byIndex("byValue", value).map((object) => object.metadata.name);
    expect(names("red")).toEqual(["a", "b"]);
    await put("a", "blue");
    await remove("b");
    await logged(log, "delete b=red");
    expect([names("red"), names("blue")]).toEqual([[], ["a"]]);
    expect(() => informer.byIndex("byColour", "red")).toThrow('no index "byColour" (there is: byValue)');
  });

  it("sees an object that leaves its selector as deleted", async () => {
    await put("a", "1");
    const { log } = await startInformer({ labelSelector: "value=1" });
    await put("a", "2");
    await logged(log, "delete a=1"); // the server sends the last state that matched
  });

  it("reads a list of several pages", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => put(`many-${i}`, "1")));
    const { informer } = await startInformer({ client: pagesOf(7) });
    expect(informer.size).toBe(20);
  });

  it("shows what it has to a handler that comes later, until that is taken off", async () => {
    await put("a", "1");
    const { informer, log } = await startInformer();
    const late: string[] = [];
    const takeOff = informer.addHandler({ onAdd: (object) => late.push(object.metadata.name ?? "") });
    expect(late).toEqual(["a"]);
    takeOff();
    await put("b", "1");
    await logged(log, "add b=1");
    expect(late).toEqual(["a"]);
  });

  it("goes on after a handler that throws", async () => {
    const { informer, log } = await startInformer();
    informer.addHandler({
      onAdd: () => {
        throw new Error("handler");
      },
    });
    await put("a", "1");
    await put("a", "2");
    await logged(log, "update a=1 a=2");
  });

  it("waits for a kind that is not served yet", async () => {
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const boats = { ...builtin.ConfigMap, group: "test.fairlead.dev", kind: "Boat", plural: "boats" };
    const informer = new Informer({ client, type: boats });
    informer.start(stop.signal);
    await expect(informer.synced(AbortSignal.timeout(500))).rejects.toThrow();
    await client.create(builtin.CustomResourceDefinition, {
      metadata: { name: "boats.test.fairlead.dev" },
      spec: {
        group: "test.fairlead.dev",
        scope: "Namespaced",
        names: { kind: "Boat", plural: "boats" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
      },
    });
    await informer.synced(AbortSignal.timeout(30_000));
    expect(informer.size).toBe(0);
  });
});

describe("Informer on a broken line", () => {
  const lists = { count: 0 };

  async function startBehindProxy() {
    const proxy = await TcpProxy.to(Number(new URL(server.url).port));
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    const far = server.client({ server: `https://127.0.0.1:${proxy.port}` });
    lists.count = 0;
    return { proxy, ...(await startInformer({ client: counting(far) })) };
  }

  it("resumes the watch where it ended, without a second list", async () => {
    await put("a", "1");
    await put("b", "1");
    const { proxy, log } = await startBehindProxy();
    proxy.cut();
    await put("a", "2");
    await remove("b");
    proxy.restore();
    await logged(log, "delete b=1");
    expect(log).toEqual(["initial a=1", "initial b=1", "update a=1 a=2", "delete b=1"]);
    expect(lists.count).toBe(1);
  });

  it("lists again when the server has lost the history, and notices what went meanwhile", async () => {
    for (const name of ["gone", "kept", "changed", "recreated"]) await put(name, "1");
    const { proxy, informer, log } = await startBehindProxy();
    proxy.cut();
    await remove("gone");
    await remove("recreated");
    await put("recreated", "2");
    await put("changed", "2");
    await put("new", "1");
    await server.killApiServer();
    await server.startApiServer(); // its watch cache begins now
    log.length = 0;
    proxy.restore();
    await logged(log, "delete gone=1");
    expect(lists.count).toBe(2);
    expect(log.toSorted()).toEqual([
      "add new=1",
      "add recreated=2",
      "delete gone=1",
      "delete recreated=1",
      "update changed=1 changed=2",
    ]);
    expect(informer.size).toBe(4);
    await put("kept", "2");
    await logged(log, "update kept=1 kept=2");
  });

  it("survives kill -9 of the API server", async () => {
    await put("a", "1");
    const { log } = await startInformer();
    await server.killApiServer();
    await server.startApiServer();
    await put("a", "2");
    await logged(log, "update a=1 a=2");
    expect(log).toEqual(["initial a=1", "update a=1 a=2"]);
  });

  /** The real client; it only counts the lists. */
  function counting(far: KubeClient): KubeClient {
    return override(far, {
      pages: (type, options) => {
        lists.count++;
        return far.pages(type, options);
      },
    });
  }
});

/** The real client with smaller pages. */
function pagesOf(limit: number): KubeClient {
  return override(client, { pages: (type, options) => client.pages(type, { ...options, limit }) });
}

function override(real: KubeClient, methods: Partial<Pick<KubeClient, "pages">>): KubeClient {
  return new Proxy(real, {
    get: (target, name) => {
      const replaced = (methods as Record<string | symbol, unknown>)[name];
      const value: unknown = replaced ?? Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
