import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalogueNames, loadCatalogue } from "../catalogue/load.ts";
import { defaultClusterSpec } from "../defaults/default-cluster-spec.ts";
import { providerNames } from "../providers.ts";
import { anyContext, anySpec } from "../testing/arbitraries.ts";
import { contextFor, minimalSpec, withFields } from "../testing/fixtures.ts";
import { validateCreate } from "./validate-create.ts";

test("defaulting is idempotent, whatever comes in", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anySpec, anyContext, (request, known) => {
      const before = JSON.stringify(request);
      const once = defaultClusterSpec<unknown>(request, known).spec;
      expect(defaultClusterSpec(once, known).spec).toEqual(once);
      expect(JSON.stringify(request)).toBe(before);
    }),
    { numRuns: 500 },
  );
});

test("validation never throws, and findings name a field and what is expected", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anySpec, anyContext, (request, known) => {
      for (const json of [request, defaultClusterSpec<unknown>(request, known).spec]) {
        const { errors, warnings } = validateCreate(json, known);
        for (const { field, message } of [...errors, ...warnings]) {
          expect(field).toMatch(/^spec(\.|$)/);
          expect(message.length).toBeGreaterThan(10);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test("values that are hard on recursion and look-ups are survived", () => {
  const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`);
  const poisoned = JSON.parse('{"__proto__": {"version": "1.36.3"}, "cniPlugin": {"type": "__proto__"}}');
  for (const json of [deep, { oidc: deep, clusterNetwork: { pods: deep } }, poisoned]) {
    const request = defaultClusterSpec<unknown>(json, contextFor("aws", { template: poisoned })).spec;
    expect(validateCreate(request, contextFor()).errors.length).toBeGreaterThan(0);
  }
  expect({}).not.toHaveProperty("version");
});

describe.each(catalogueNames)("catalogue %s", (name) => {
  const minors = Array.from({ length: 17 }, (_, index) => `1.${20 + index}.0`);

  test.each(providerNames)(
    "a minimal cluster on %s is valid with each CNI, family and strategy",
    { timeout: 60_000 },
    (provider) => {
      const known = contextFor(provider, { catalogue: loadCatalogue(name), kubernetesVersions: minors });
      for (const type of ["canal", "cilium", "none", undefined]) {
        for (const version of minors) {
          for (const exposeStrategy of ["NodePort", "LoadBalancer", "Tunneling"]) {
            for (const ipFamily of ["IPv4", "IPv4+IPv6"]) {
              const gcp = { network: "n", subnetwork: "projects/p/regions/r/subnetworks/s" };
              const request = withFields(minimalSpec(provider), {
                version,
                exposeStrategy,
                ...(type === undefined ? {} : { "cniPlugin.type": type }),
                "clusterNetwork.ipFamily": ipFamily,
                "clusterNetwork.konnectivityEnabled": exposeStrategy !== "NodePort",
                ...(provider === "gcp" ? { "cloud.gcp": gcp } : {}),
              });
              const { spec } = defaultClusterSpec(request, known);
              const { errors } = validateCreate(spec, known);
              const tooOld = errors.every(({ code }) => code === "canal-dual-stack-version");
              expect(tooOld ? [] : errors).toEqual([]);
            }
          }
        }
      }
    },
  );
});
