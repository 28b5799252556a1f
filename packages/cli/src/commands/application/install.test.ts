import type { ApiApplicationDefinition } from "@fairlead/resources";
import { expect, test } from "vitest";
import { installationRequest } from "./install.ts";

const source = { helm: { url: "https://charts.test", chartName: "app", chartVersion: "1.0.0" } };
const versions = ["1.0.0", "1.1.0"].map((version) => ({ version, template: { source } }));

function definition(more: Partial<ApiApplicationDefinition["spec"]> = {}): ApiApplicationDefinition {
  return { name: "app", creationTimestamp: "", spec: { description: "", method: "helm", versions, ...more } };
}

test("what is left out comes from the definition", () => {
  expect(installationRequest(definition({ defaultValues: { a: 1 } }), {}, undefined)).toEqual({
    name: "app",
    namespace: "app",
    spec: {
      namespace: { name: "app", create: true },
      applicationRef: { name: "app", version: "1.1.0" },
      values: { a: 1 },
    },
  });
  expect(installationRequest(definition({ defaultValuesBlock: "a: 1 # one\n" }), {}, undefined).spec.valuesBlock).toBe(
    "a: 1 # one\n",
  );
});

test("what is said wins", () => {
  const options = { appVersion: "1.0.0", name: "mine", namespace: "tools" };
  expect(installationRequest(definition({ defaultValues: { a: 1 } }), options, "b: 2\n")).toEqual({
    name: "mine",
    namespace: "tools",
    spec: {
      namespace: { name: "tools", create: true },
      applicationRef: { name: "app", version: "1.0.0" },
      valuesBlock: "b: 2\n",
    },
  });
});

test("a definition without versions", () => {
  expect(() => installationRequest(definition({ versions: [] }), {}, undefined)).toThrow(/has no version/);
});
