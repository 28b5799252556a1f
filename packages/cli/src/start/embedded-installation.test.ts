import { datacenterProvider } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { embeddedConfiguration, embeddedSeed, registryMoved } from "./embedded-installation.ts";

const input = {
  kubernetesVersions: ["1.35.4", "1.36.3"],
  defaultKubernetesVersion: "1.36.3",
  registry: "127.0.0.1:5000",
};

test("the seed has one datacenter for each provider, among them local", () => {
  const datacenters = embeddedSeed().spec.datacenters ?? {};
  const providers = Object.values(datacenters).map((datacenter) => datacenterProvider(datacenter));
  expect(new Set(providers).size).toBe(providers.length);
  expect(providers).toContain("kubevirt");
  expect(datacenters.local?.spec).toEqual({ bringyourown: {} });
});

describe("registryMoved", () => {
  test("nothing to do on the same port", () => {
    expect(registryMoved(embeddedConfiguration(input), "127.0.0.1:5000")).toBeUndefined();
  });
  test("a new port is written", () => {
    expect(registryMoved(embeddedConfiguration(input), "127.0.0.1:5001")).toEqual({
      spec: { userCluster: { systemApplications: { helmRepository: "127.0.0.1:5001/fairlead" } } },
    });
  });
  test.each(["quay.io/kubermatic/helm-charts", "127.0.0.1:5000/other", undefined])(
    "an operator's %s is kept",
    (helmRepository) => {
      const stored = { metadata: {}, spec: { userCluster: { systemApplications: { helmRepository } } } };
      expect(registryMoved(stored, "127.0.0.1:5001")).toBeUndefined();
    },
  );
});
