import type { Installation } from "@fairlead/admission";
import type { Cluster } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { admit } from "./admit.ts";

const installation: Installation = {
  configuration: { metadata: {}, spec: { versions: { versions: ["1.36.3"] } } },
  seeds: [{ metadata: { name: "embedded" }, spec: { datacenters: { local: { spec: { bringyourown: {} } } } } }],
};

function minimal(spec: Partial<Cluster["spec"]> = {}): Cluster {
  return {
    metadata: { name: "abc" },
    spec: { humanReadableName: "c", version: "1.36.3", cloud: { dc: "local", bringyourown: {} }, ...spec },
  };
}

describe("admit", () => {
  test("a minimal Cluster is accepted with the defaults it lacks", () => {
    const admission = admit(minimal(), installation);
    expect(admission).toMatchObject({
      accepted: true,
      patch: { clusterNetwork: { proxyMode: "ipvs", konnectivityEnabled: false }, cniPlugin: { type: "canal" } },
    });
  });

  test("a defaulted Cluster has nothing to be written", () => {
    const admission = admit(minimal(), installation);
    if (!admission.accepted) throw new Error("refused");
    expect(admit(minimal(admission.spec), installation)).toEqual({ accepted: true, spec: admission.spec });
  });

  test("a bad Cluster is refused with every error", () => {
    const admission = admit(
      minimal({
        cloud: { dc: "nowhere", bringyourown: {} },
        clusterNetwork: { pods: { cidrBlocks: ["10.0.0.0/33"] } },
      }),
      installation,
    );
    if (admission.accepted) throw new Error("accepted");
    expect(admission.errors.map((error) => error.field)).toEqual(
      expect.arrayContaining(["spec.cloud.dc", "spec.clusterNetwork.pods.cidrBlocks[0]"]),
    );
  });

  test("a cluster that runs goes on when its version leaves the offer, a new one does not begin", () => {
    const old = minimal({ version: "1.30.9" });
    expect(admit(old, installation).accepted).toBe(false);
    expect(admit({ ...old, status: { namespaceName: "cluster-abc" } }, installation).accepted).toBe(true);
  });

  test("whatever kubectl managed to store, it never throws", () => {
    expect(admit({ metadata: {}, spec: {} } as unknown as Cluster, installation).accepted).toBe(false);
  });
});
