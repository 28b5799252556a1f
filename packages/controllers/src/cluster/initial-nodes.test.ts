import type { Cluster } from "@fairlead/resources";
import { expect, test } from "vitest";
import { initialMachineDeployment } from "./initial-nodes.ts";

function cluster(request?: string): Cluster {
  const annotations: Record<string, string> = {};
  if (request !== undefined) annotations["kubermatic.io/initial-machinedeployment-request"] = request;
  return {
    metadata: { name: "abc", annotations },
    spec: { humanReadableName: "c", version: "1.36.3", cloud: { dc: "local" } },
  };
}

test("no annotation, no nodes", () => {
  expect(initialMachineDeployment(cluster())).toBeUndefined();
});

test("a number alone gives workers with the cluster's version", () => {
  const deployment = initialMachineDeployment(cluster(JSON.stringify({ spec: { replicas: 2 } })));
  expect(deployment?.metadata).toEqual({ name: "abc-workers", namespace: "kube-system" });
  expect(deployment?.spec).toEqual({ replicas: 2, template: { spec: { versions: { kubelet: "1.36.3" } } } });
});

test("what KKP's wizard sends is understood, nulls included", () => {
  const request = {
    name: null,
    spec: {
      template: { cloud: {}, labels: { zone: "a" }, taints: [], operatingSystem: { ubuntu: {} } },
      replicas: 3,
      minReplicas: null,
    },
  };
  expect(initialMachineDeployment(cluster(JSON.stringify(request)))?.spec).toEqual({
    replicas: 3,
    template: { spec: { metadata: { labels: { zone: "a" } }, versions: { kubelet: "1.36.3" } } },
  });
});

test.each(["[]", "3", "null", "{"])("%s is refused", (request) => {
  expect(() => initialMachineDeployment(cluster(request))).toThrow(SyntaxError);
});
