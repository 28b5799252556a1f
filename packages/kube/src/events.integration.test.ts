import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { builtin } from "./builtin/builtin-types.ts";
import type { KubeClient } from "./client/kube-client.ts";
import { EventRecorder } from "./events.ts";

let server: TestApiServer;
let client: KubeClient;

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
});
afterAll(async () => server?.stop());

const reportingController = "fairlead.dev/test";
const eventsOf = async (uid: string | undefined) =>
  (await client.list(builtin.Event)).items
    .filter((event) => event.regarding?.uid === uid)
    .sort((one, other) => (one.reason ?? "").localeCompare(other.reason ?? ""));

describe("EventRecorder", () => {
  it("stores an event once and counts its repetitions", async () => {
    const object = await client.create(builtin.ConfigMap, { metadata: { name: "a", namespace: "default" } });
    const recorder = new EventRecorder({ client, reportingController });
    const failed = { type: "Warning", reason: "AddonFailed", action: "Install", note: "no such chart" } as const;
    for (let i = 0; i < 3; i++) await recorder.record(object, failed);
    await recorder.record(object, { ...failed, type: "Normal", reason: "AddonInstalled", note: "done" });
    const events = await eventsOf(object.metadata.uid);
    expect(events.map((event) => [event.reason, event.series?.count])).toEqual([
      ["AddonFailed", 3],
      ["AddonInstalled", undefined],
    ]);
    expect(events[0]).toMatchObject({ reportingController, regarding: { kind: "ConfigMap", name: "a" } });
  });

  it("puts events of cluster-scoped objects into namespace default, and cuts long notes", async () => {
    const object = await client.create(builtin.Namespace, { metadata: { name: "with-events" } });
    const recorder = new EventRecorder({ client, reportingController });
    await recorder.record(object, { type: "Normal", reason: "Long", action: "Test", note: "é".repeat(1000) });
    const [event] = await eventsOf(object.metadata.uid);
    expect(event?.metadata.namespace).toBe("default");
    expect(event?.note).toBe("é".repeat(512));
  });

  it("does not throw when the server refuses", async () => {
    const nobody = await server.clientAs("nobody");
    const recorder = new EventRecorder({ client: nobody, reportingController });
    const object = { apiVersion: "v1", kind: "Node", metadata: { name: "x", uid: "unrecorded" } };
    await recorder.record(object, { type: "Normal", reason: "A", action: "B", note: "" });
    expect(await eventsOf("unrecorded")).toEqual([]);
  });
});
