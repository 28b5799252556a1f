import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../json.ts";
import { leaves, mergeValues } from "./document.ts";
import { compareLayers, type LayeredInput, layerValues } from "./layers.ts";

const chart = { operator: { replicas: 2 }, hubble: { ui: { enabled: false }, relay: { enabled: false } }, a: { b: 1 } };
const input: LayeredInput = {
  chart,
  base: { layer: "definition", values: { operator: { replicas: 1 }, hubble: { ui: { enabled: true } } } },
  values: { operator: { replicas: 1 }, hubble: { ui: { enabled: true } }, cni: { exclusive: false } },
  owned: [{ path: ["cni", "exclusive"], value: false, reason: "Multus" }],
};

/** `path: layer value` */
function shown(layered: LayeredInput): string[] {
  return layerValues(layered).map(({ path, layer, value }) => `${path}: ${layer} ${JSON.stringify(value)}`);
}

describe("layerValues", () => {
  test("names the layer of every key", () => {
    expect(shown(input)).toEqual([
      "a.b: chart 1",
      "cni.exclusive: managed false",
      "hubble.relay.enabled: chart false",
      "hubble.ui.enabled: definition true",
      "operator.replicas: definition 1",
    ]);
  });

  test("a changed key is the user's and covers what was there; one taken away falls back to the chart's", () => {
    const values = { operator: { replicas: 3 }, cni: { exclusive: false } };
    const layered = layerValues({ ...input, values });
    expect(layered.find(({ path }) => path === "operator.replicas")).toMatchObject({
      layer: "user",
      value: 3,
      covers: [
        { layer: "definition", value: 1 },
        { layer: "chart", value: 2 },
      ],
    });
    expect(layered.find(({ path }) => path === "hubble.ui.enabled")).toMatchObject({
      layer: "chart",
      value: false,
      removed: { layer: "definition", value: true },
    });
  });

  test("a managed key says why, and what it covers", () => {
    const base = { layer: "initial", values: { cni: { exclusive: true } } } as const;
    expect(layerValues({ ...input, base }).find(({ path }) => path === "cni.exclusive")).toMatchObject({
      layer: "managed",
      reason: "Multus",
      covers: [{ layer: "initial", value: true }],
    });
  });

  test.each<[string, JsonObject, string]>([
    ["a scalar covers the chart's map", { a: 5 }, "a: user 5"],
    ["null takes the chart's map away", { a: null }, "a: user null"],
    ["a map covers the chart's scalar", { a: { b: { c: 1 } } }, "a.b.c: user 1"],
    ["an empty map says nothing", { a: {} }, "a.b: chart 1"],
    ["dots in keys are escaped", { a: { b: 1 }, "x.y": 2 }, "x\\.y: user 2"],
  ])("%s", (_what, values, line) => {
    const lines = shown({ chart: { a: { b: 1 } }, values, owned: [] });
    expect(lines).toContain(line);
    expect(lines.filter((other) => other.startsWith("a"))).toHaveLength(1);
  });

  test("together they are what Helm makes of chart and values", () => {
    const key = fc.constantFrom("a", "b", "c/d", "e.f");
    const document = fc.letrec<{ map: Record<string, unknown>; node: unknown }>((tie) => ({
      node: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.array(fc.integer()), tie("map")),
      map: fc.dictionary(key, tie("node")),
    })).map;
    fc.assert(
      fc.property(document, document, (ofChart, values) => {
        const effective = [...leaves(mergeValues(ofChart, values))].sort(([a], [b]) => (a < b ? -1 : 1));
        const layered = layerValues({ chart: ofChart, values, owned: [] });
        expect(layered.map(({ pointer, value }) => [pointer, value])).toEqual(effective);
      }),
    );
  });
});

test("compareLayers tells what an edit does to the release", () => {
  const after = layerValues({
    ...input,
    values: { operator: { replicas: 1 }, debug: true, cni: { exclusive: false } },
  });
  expect(compareLayers(layerValues(input), after)).toEqual([
    { pointer: "/debug", path: "debug", after: { layer: "user", value: true } },
    {
      pointer: "/hubble/ui/enabled",
      path: "hubble.ui.enabled",
      before: { layer: "definition", value: true },
      after: { layer: "chart", value: false },
    },
  ]);
  expect(compareLayers(after, after)).toEqual([]);
});
