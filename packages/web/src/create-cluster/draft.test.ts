import { loadCatalogue, type RuleContext } from "@fairlead/network";
import { expect, test } from "vitest";
import { emptyDraft, judge } from "./draft.ts";

const context: RuleContext = {
  provider: "bringyourown",
  datacenter: { name: "local", provider: "bringyourown", ipv6Enabled: true },
  catalogue: loadCatalogue("current"),
  kubernetesVersions: ["1.35.4", "1.36.3"],
};
const draft = { ...emptyDraft, name: "shop", datacenter: "local" };

test("the defaults are valid, and follow one another", () => {
  const cilium = { ...draft, cni: "cilium" as const };
  expect(judge(draft, context).errors).toEqual([]);
  expect(judge(cilium, context).spec?.clusterNetwork?.proxyMode).toBe("ebpf");
  expect(judge({ ...cilium, konnectivity: false }, context).spec?.clusterNetwork?.proxyMode).toBe("iptables");
  expect(judge({ ...draft, dualStack: true }, context).spec?.clusterNetwork?.pods?.cidrBlocks).toHaveLength(2);
});

test("what is wrong is said in the server's words, at its field", () => {
  const [error] = judge({ ...draft, pods: "10.0.0.1/16" }, context).errors;
  expect(error?.field).toBe("spec.clusterNetwork.pods.cidrBlocks[0]");
  expect(error?.message).toContain("10.0.0.0/16");
});
