import type { Installation } from "@fairlead/admission";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ApiError } from "../http/api-error.ts";
import { type JsonObject, objectBody } from "../http/json-body.ts";
import { acceptRequest } from "./cluster-request.ts";

const installation: Installation = {
  configuration: { metadata: {}, spec: { versions: { versions: ["1.36.3"] } } },
  seeds: [
    {
      metadata: { name: "embedded" },
      spec: { exposeStrategy: "Tunneling", datacenters: { local: { spec: { bringyourown: {} } } } },
    },
  ],
};

function request(spec: JsonObject): JsonObject {
  return { cluster: { name: "name", spec: { version: "1.36.3", cloud: { dc: "local", bringyourown: {} }, ...spec } } };
}

function refusal(body: JsonObject): ApiError {
  try {
    acceptRequest(body, installation);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("the request was accepted");
}

test("completes the spec, with the seed's defaults", () => {
  const { spec } = acceptRequest(request({}), installation);
  expect(spec).toMatchObject({
    humanReadableName: "name",
    exposeStrategy: "Tunneling",
    containerRuntime: "containerd",
  });
  expect(spec.clusterNetwork?.tunnelingAgentIP).toBe("100.64.30.10");
});

test("keeps what was chosen, false and 0 included", () => {
  const clusterNetwork = { nodeLocalDNSCacheEnabled: false, coreDNSReplicas: 0, ipvs: { strictArp: false } };
  const { spec } = acceptRequest(request({ clusterNetwork, kubernetesDashboard: { enabled: false } }), installation);
  expect(spec).toMatchObject({ clusterNetwork, kubernetesDashboard: { enabled: false } });
});

test("takes empty text as not chosen", () => {
  const { spec } = acceptRequest(request({ exposeStrategy: "", containerRuntime: "" }), installation);
  expect(spec).toMatchObject({ exposeStrategy: "Tunneling", containerRuntime: "containerd" });
});

test("refuses a null in a list, which may be anything but a CIDR", () => {
  const body = objectBody(request({ clusterNetwork: { pods: { cidrBlocks: [null] } } }));
  expect(refusal(body).message).toContain("spec.clusterNetwork.pods.cidrBlocks[0]: Invalid value: null");
});

test("names each field once, though shape and rules both refuse it", () => {
  const { body } = refusal(request({ version: 5, clusterNetwork: { pods: "x", nodeCidrMaskSizeIPv4: "24" } }));
  const fields = body.error.fieldErrors?.map(({ field }) => field) ?? [];
  expect(new Set(fields).size).toBe(fields.length);
  expect(fields).toEqual(
    expect.arrayContaining(["spec.version", "spec.clusterNetwork.pods", "spec.clusterNetwork.nodeCidrMaskSizeIPv4"]),
  );
});

describe("whatever is sent", () => {
  const accepted = request({});
  const anything = fc.jsonValue({ maxDepth: 4 });
  const names = fc.constantFrom(
    "cloud",
    "dc",
    "version",
    "clusterNetwork",
    "pods",
    "services",
    "cidrBlocks",
    "proxyMode",
    "ipvs",
    "strictArp",
    "ipFamily",
    "nodeCidrMaskSizeIPv4",
    "cniPlugin",
    "type",
    "exposeStrategy",
    "apiServerAllowedIPRanges",
    "mla",
    "oidc",
    "__proto__",
    "constructor",
  );
  const values = fc.oneof(
    anything,
    fc.constantFrom("ipvs", "IPv4", "10.0.0.0/8", "::/0", "canal", "cilium", "", -1, 0, 2 ** 40),
  );
  const { spec } = fc.letrec((tie) => ({
    spec: fc.dictionary(names, fc.oneof({ maxDepth: 4 }, values, fc.array(values, { maxLength: 3 }), tie("spec"))),
  }));

  test.each<[string, fc.Arbitrary<unknown>]>([
    ["as body", anything],
    ["as cluster", anything.map((cluster) => ({ cluster }))],
    ["as spec", spec.map((value) => ({ cluster: { name: "n", spec: value } }))],
    ["as node deployment", anything.map((nodeDeployment) => ({ ...accepted, nodeDeployment }))],
    ["as applications", anything.map((applications) => ({ ...accepted, applications }))],
  ])("%s is accepted or refused with 400, never an accident", (_, bodies) => {
    fc.assert(
      fc.property(bodies, (body) => {
        try {
          acceptRequest(objectBody(body), installation);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
          expect((error as ApiError).statusCode).toBe(400);
        }
      }),
      { numRuns: 500 },
    );
  });
});
