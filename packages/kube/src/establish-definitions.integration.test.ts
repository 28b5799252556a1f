import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtin } from "./builtin/builtin-types.ts";
import type { KubeClient } from "./client/kube-client.ts";
import { establishDefinitions, isEstablished } from "./establish-definitions.ts";
import { waitFor } from "./wait-for.ts";

let server: TestApiServer;
let client: KubeClient;

beforeAll(async () => {
  server = await startTestApiServer();
  client = server.client();
});
afterAll(() => server?.stop());

const names = { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" };
const metadata = { name: "widgets.example.com" };
const spec = {
  group: "example.com",
  scope: "Namespaced" as const,
  names,
  versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
};

/** As an API server leaves it that is killed between accepting and establishing. */
function accepted() {
  const condition = (type: string, status: string, reason: string) => {
    return { type, status, reason, message: "", lastTransitionTime: "2026-01-01T00:00:00Z" };
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      ...metadata,
      uid: "0b9d4f2e-4d7f-4b43-8a6b-0c5f9f7f6a10",
      generation: 1,
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: { ...spec, conversion: { strategy: "None" } },
    status: {
      acceptedNames: names,
      storedVersions: ["v1"],
      conditions: [condition("NamesAccepted", "True", "NoConflicts"), condition("Established", "False", "Installing")],
    },
  };
}

const stored = () => client.get(builtin.CustomResourceDefinition, metadata);

test("a definition that a killed API server had accepted is established once it is touched", async () => {
  await server.store("/registry/apiextensions.k8s.io/customresourcedefinitions/widgets.example.com", accepted());
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(isEstablished(await stored())).toBe(false); // So it would stay for up to five minutes.

  expect(await establishDefinitions(client, { fieldManager: "test" })).toEqual([metadata.name]);
  await waitFor(async () => isEstablished(await stored()), { what: "the definition to be established" });
  expect(await establishDefinitions(client, { fieldManager: "test" })).toEqual([]);
});
