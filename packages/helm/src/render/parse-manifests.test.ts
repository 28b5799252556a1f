import { describe, expect, test } from "vitest";
import { isHelmError } from "../runner/helm-error.ts";
import { parseManifests } from "./parse-manifests.ts";

const output = `---
# Source: demo/templates/a.yaml
apiVersion: v1
kind: ConfigMap
metadata: { name: a }
data: { mode: 0644, on: yes, time: 12:30, day: 2020-01-02, port: "6443" }
---
# Source: demo/templates/empty.yaml
---
# Source: demo/templates/hook.yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: h
  annotations: { helm.sh/hook: pre-install }
`;

describe("helm template's output", () => {
  test("objects and hooks, apart", () => {
    const { objects, hooks } = parseManifests("demo", output);
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(["a"]);
    expect(hooks.map(({ metadata }) => metadata.name)).toEqual(["h"]);
  });

  test("scalars are read as Kubernetes reads them", () => {
    expect(parseManifests("demo", output).objects[0]).toMatchObject({
      data: { mode: 420, true: true, time: "12:30", day: "2020-01-02", port: "6443" },
    });
  });

  test("frozen to the bottom: clusters share them", () => {
    const [object] = parseManifests("demo", output).objects;
    expect(() => Object.assign(object?.metadata ?? {}, { name: "b" })).toThrow(TypeError);
  });

  test.each([
    ["apiVersion: v1\nkind: ConfigMap\n", "demo/templates/b.yaml: apiVersion, kind and metadata.name are required"],
    ["a: 1\na: 2\n", "demo/templates/b.yaml: Map keys must be unique"],
  ])("an unusable template is named: %s", (text, message) => {
    const render = () => parseManifests("demo", `---\n# Source: demo/templates/b.yaml\n${text}`);
    expect(render).toThrow(message);
    try {
      render();
    } catch (error) {
      expect(isHelmError(error, "render-failed")).toBe(true);
    }
  });
});
