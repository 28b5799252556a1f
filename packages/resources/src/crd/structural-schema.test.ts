import { expect, test } from "vitest";
import { z } from "zod";
import { crds, userClusterCrds } from "../crds.ts";
import { dateTime, int32, quantity } from "../schema/building-blocks.ts";
import { type StructuralSchema, structuralSchema } from "./structural-schema.ts";

test("a strict object is pruned, an open one preserved, a record typed", () => {
  const schema = structuralSchema(
    z.object({ closed: z.object({ a: z.string() }), open: z.looseObject({}), map: z.record(z.string(), z.boolean()) }),
  );
  expect(schema.properties).toEqual({
    closed: { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
    open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    map: { type: "object", additionalProperties: { type: "boolean" } },
  });
});

test("bounds that only JavaScript has are left out, real ones kept", () => {
  const schema = structuralSchema(z.object({ any: int32(), bounded: int32().min(0).max(128), at: dateTime() }));
  expect(schema.properties).toEqual({
    any: { type: "integer", format: "int32" },
    bounded: { type: "integer", format: "int32", minimum: 0, maximum: 128 },
    at: { type: "string", format: "date-time" },
  });
});

test("a quantity is a number or a text", () => {
  expect(structuralSchema(z.object({ q: quantity() })).properties).toEqual({
    q: { "x-kubernetes-int-or-string": true },
  });
});

test.each([...crds(), ...userClusterCrds()].map((crd) => [crd.metadata.name, crd] as const))(
  "%s: every node of the schema has a type",
  (_, crd) => {
    for (const version of crd.spec.versions) {
      for (const [path, node] of nodes(version.schema.openAPIV3Schema)) {
        const typed = node.type !== undefined || node["x-kubernetes-int-or-string"] === true;
        expect({ path, typed }).toEqual({ path, typed: true });
      }
    }
  },
);

test.each(["clusters.kubermatic.k8c.io", "clustertemplates.kubermatic.k8c.io"])(
  "%s: the network carries no default and demands no field that the rules fill in",
  (name) => {
    const spec = crds().find((crd) => crd.metadata.name === name)?.spec.versions[0]?.schema.openAPIV3Schema.properties
      ?.spec;
    expect(spec?.required).toEqual(["humanReadableName", "version", "cloud"]);
    for (const field of ["clusterNetwork", "cniPlugin", "exposeStrategy"]) {
      const root = spec?.properties?.[field];
      expect(root).toBeDefined();
      for (const [path, node] of root ? nodes(root) : []) {
        expect({ path, default: node.default }).toEqual({ path, default: undefined });
        expect({ path, required: node.required }).toEqual({
          path,
          required: path === "" && field === "cniPlugin" ? ["type"] : undefined,
        });
      }
    }
  },
);

function* nodes(schema: StructuralSchema, path = ""): Generator<[string, StructuralSchema]> {
  yield [path, schema];
  for (const [name, child] of Object.entries(schema.properties ?? {})) yield* nodes(child, `${path}.${name}`);
  if (schema.items) yield* nodes(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* nodes(schema.additionalProperties, `${path}{}`);
}
