import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { applyUnlessCurrent } from "./apply-unless-current.ts";
import { builtin } from "./builtin/builtin-types.ts";
import type { ConfigMap } from "./builtin/core.ts";
import type { KubeClient } from "./client/kube-client.ts";

let server: TestApiServer;
let client: KubeClient;

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
});
afterAll(async () => server?.stop());

const ref = { name: "kept", namespace: "default" };
const apply = (data: Record<string, string>) =>
  applyUnlessCurrent<ConfigMap>(
    client,
    builtin.ConfigMap,
    { metadata: ref, data },
    { fieldManager: "test", force: true },
  );

test("what is there as it was applied is read only; what differs is applied", async () => {
  const first = await apply({ a: "1", b: "2" });
  const applied = vi.spyOn(client, "apply");
  expect(await apply({ a: "1", b: "2" })).toEqual(first);
  expect(applied).not.toHaveBeenCalled();

  await client.mergePatch(builtin.ConfigMap, ref, { data: { a: "somebody's" } });
  expect((await apply({ a: "1", b: "2" })).data).toEqual({ a: "1", b: "2" });
  expect(applied).toHaveBeenCalledTimes(1);

  expect((await apply({ a: "1" })).data).toEqual({ a: "1" }); // Nothing is missing, yet less is wanted.
  expect(applied).toHaveBeenCalledTimes(2);
  applied.mockRestore();
});

test("what should be new is not looked for; it may be there all the same", async () => {
  const object = { metadata: { name: "new", namespace: "default" }, data: { a: "1" } };
  const applyNew = () =>
    applyUnlessCurrent<ConfigMap>(client, builtin.ConfigMap, object, {
      fieldManager: "test",
      force: true,
      expectNew: true,
    });
  const found = vi.spyOn(client, "find");
  const first = await applyNew();
  expect(await applyNew()).toEqual(first);
  expect(found).not.toHaveBeenCalled();
  found.mockRestore();
});
