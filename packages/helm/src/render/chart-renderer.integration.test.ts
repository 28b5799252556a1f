import { afterAll, beforeAll, expect, test } from "vitest";
import { HelmFixture } from "../test-support/helm-fixture.ts";
import { ChartRenderer, type DigestedChart, type RenderOptions } from "./chart-renderer.ts";

let helm: HelmFixture;
let chart: DigestedChart;

beforeAll(async () => {
  helm = await HelmFixture.create();
  const path = await helm.writeChart("demo", "1.0.0", {
    "crds/a.yaml":
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: as.example.com }\n",
    "templates/a.yaml":
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ required "data: needed" .Values.data }} }\n',
    "templates/hook.yaml":
      "apiVersion: v1\nkind: Pod\nmetadata: { name: hook, annotations: { helm.sh/hook: pre-install } }\n",
    "templates/tests/test.yaml":
      "apiVersion: v1\nkind: Pod\nmetadata: { name: test, annotations: { helm.sh/hook: test } }\n",
  });
  chart = { name: "demo", path, digest: "sha256:demo" };
});

afterAll(() => helm[Symbol.asyncDispose]());

function options(data: string | undefined, more: Partial<RenderOptions> = {}): RenderOptions {
  const capabilities = { kubeVersion: "v1.36.3" };
  return { release: "r", namespace: "kube-system", values: data ? { data } : {}, capabilities, ...more };
}

test("the same add-on for 100 clusters is rendered once", async () => {
  const renderer = new ChartRenderer({ runner: helm.runner });
  const { spawned } = helm.runner;
  const rendered = await Promise.all(Array.from({ length: 100 }, () => renderer.render(chart, options("a"))));
  expect(new Set(rendered).size).toBe(1);
  expect(helm.runner.spawned - spawned).toBe(1);
  expect(renderer.rendered).toBe(1);
  expect(rendered[0]?.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    "CustomResourceDefinition as.example.com",
    "ConfigMap a",
  ]);
  expect(rendered[0]?.hooks.map(({ metadata }) => metadata.name)).toEqual(["hook"]);
});

test("everything that can change the result is part of the key", async () => {
  const renderer = new ChartRenderer({ runner: helm.runner });
  const variants: [DigestedChart, RenderOptions][] = [
    [chart, options("a")],
    [{ ...chart, digest: "sha256:other" }, options("a")],
    [chart, options("b")],
    [chart, options("a", { release: "s" })],
    [chart, options("a", { namespace: "default" })],
    [chart, options("a", { capabilities: { kubeVersion: "v1.35.4" } })],
    [chart, options("a", { capabilities: { kubeVersion: "v1.36.3", apiVersions: ["foo.io/v1"] } })],
  ];
  for (const [variant, input] of variants) await renderer.render(variant, input);
  expect(renderer.rendered).toBe(variants.length);
});

test("a failure is not remembered", async () => {
  const renderer = new ChartRenderer({ runner: helm.runner });
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    await expect(renderer.render(chart, options(undefined))).rejects.toMatchObject({
      kind: "render-failed",
      message: expect.stringContaining("data: needed"),
    });
    expect(renderer.rendered).toBe(attempt);
  }
});

test("who gives up does not take the others' rendering along", async () => {
  const renderer = new ChartRenderer({ runner: helm.runner });
  const impatient = new AbortController();
  const first = renderer.render(chart, options("c", { signal: impatient.signal }));
  const second = renderer.render(chart, options("c"));
  impatient.abort(new Error("gone"));
  await expect(first).rejects.toThrow("gone");
  expect((await second).objects).toHaveLength(2);
  expect(renderer.rendered).toBe(1);
});
