import { loadCatalogue, type RuleContext } from "@fairlead/network";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { asCli, asCurl, asKubectl } from "./as-commands.ts";
import { change } from "./change.ts";
import { type ClusterChoices, listed, noChoices } from "./choices.ts";
import { clusterManifest, creationRequest, templateRequest } from "./creation-request.ts";
import { judge, nodesField, problemsOf, proxyModeOptions } from "./judge.ts";
import { loadWizard, saveWizard } from "./saved-wizard.ts";
import { versionOptions } from "./version-options.ts";

const context: RuleContext = {
  provider: "bringyourown",
  datacenter: { name: "local", provider: "bringyourown", ipv6Enabled: true },
  catalogue: loadCatalogue("current"),
  kubernetesVersions: ["1.35.4", "1.36.3"],
  seedDefaults: {},
};

const usual: ClusterChoices = {
  ...noChoices,
  name: "demo",
  provider: "bringyourown",
  datacenter: "local",
  kubernetesVersion: "1.36.3",
};

test("the usual choices are valid, and every default has a reason", () => {
  const { errors, spec, origins } = judge(usual, context);
  expect(errors).toEqual([]);
  expect(spec).toMatchObject({
    cniPlugin: { type: "canal", version: "v3.31" },
    clusterNetwork: { proxyMode: "ipvs", pods: { cidrBlocks: ["172.25.0.0/16"] }, konnectivityEnabled: true },
  });
  expect(origins.get("spec.clusterNetwork.pods.cidrBlocks")).toMatchObject({
    source: "rule",
    reason: expect.any(String),
  });
});

test("only what was chosen is sent", () => {
  const { requested } = judge(usual, context);
  expect(creationRequest(usual, requested)).toEqual({
    cluster: {
      name: "demo",
      spec: {
        version: "1.36.3",
        cloud: { dc: "local", bringyourown: {} },
        clusterNetwork: { konnectivityEnabled: true },
      },
    },
    nodeDeployment: { spec: { replicas: 2 } },
  });
});

test("one family's range brings the other's default along", () => {
  const { requested, errors } = judge({ ...usual, ipFamily: "IPv4+IPv6", podsIPv6: "fd05::/48" }, context);
  expect(requested.clusterNetwork).toMatchObject({ pods: { cidrBlocks: ["172.25.0.0/16", "fd05::/48"] } });
  expect(errors).toEqual([]);
});

test("what is typed is judged where it stands", () => {
  const wrong = {
    ...usual,
    name: " ",
    podsIPv4: "10.0.0.1/33",
    nodeMaskIPv4: "x",
    nodes: "many",
    apiServerRanges: "1.2.3.0",
  };
  const { errors } = judge(wrong, context);
  const fields = new Set(errors.map(({ field }) => field));
  expect(fields).toContain("spec.humanReadableName");
  expect(fields).toContain("spec.clusterNetwork.pods.cidrBlocks[0]");
  expect(fields).toContain("spec.clusterNetwork.nodeCidrMaskSizeIPv4");
  expect(fields).toContain(nodesField);
  expect(problemsOf(errors, "spec.apiServerAllowedIPRanges")).not.toEqual([]);
});

test("Konnectivity decides whether Cilium replaces kube-proxy, and that is told", () => {
  const cilium = change(usual, { cniType: "cilium" }, context);
  expect(judge(cilium.choices, context).spec.clusterNetwork.proxyMode).toBe("ebpf");
  const without = change(cilium.choices, { konnectivity: false }, context);
  expect(without.effects).toEqual([
    {
      field: "spec.clusterNetwork.proxyMode",
      before: "ebpf",
      after: "iptables",
      reason: "Cilium can replace kube-proxy only with Konnectivity, which is off",
    },
  ]);
  const chosen = change(cilium.choices, { proxyMode: "ebpf" }, context).choices;
  expect(chosen.proxyMode).toBe("ebpf");
  const { choices } = change(chosen, { konnectivity: false }, context);
  expect(choices.proxyMode).toBeUndefined();
});

test("another CNI takes version, proxy mode and values of the former away", () => {
  const chosen: ClusterChoices = {
    ...usual,
    cniType: "cilium",
    cniVersion: "1.18.10",
    proxyMode: "ebpf",
    cniValues: "a: 1",
  };
  const { choices, effects } = change(chosen, { cniType: "canal" }, context);
  expect(choices).toEqual({ ...usual, cniType: "canal" });
  expect(effects.map(({ field, after }) => [field, after])).toContainEqual(["spec.clusterNetwork.proxyMode", "ipvs"]);
});

test("single stack forgets IPv6", () => {
  const dual: ClusterChoices = { ...usual, ipFamily: "IPv4+IPv6", podsIPv6: "fd05::/48", nodeMaskIPv6: "64" };
  expect(change(dual, { ipFamily: "IPv4" }, context).choices).toEqual({ ...usual, ipFamily: "IPv4" });
});

test("a proxy mode that the rules refuse says why", () => {
  const options = proxyModeOptions(usual, context);
  expect(options.filter(({ obstacle }) => !obstacle).map(({ mode }) => mode)).toEqual(["ipvs", "iptables", "nftables"]);
  expect(options.find(({ mode }) => mode === "ebpf")?.obstacle).toContain("ilium");
});

test("versions: the recommended one first, deprecated ones last", () => {
  const options = versionOptions(context.catalogue, "cilium", "1.36.3");
  expect(options.at(0)).toMatchObject({ entry: { version: "1.19.4" }, rank: "recommended" });
  expect(options.at(-1)?.rank).toBe("deprecated");
  expect(options.find(({ entry }) => entry.version === "1.13.8")?.rank).toBe("untested");
});

test("the same as commands", () => {
  const choices: ClusterChoices = {
    ...usual,
    name: "it's mine",
    cniType: "cilium",
    cniValues: "hubble:\n  enabled: true\n",
    apiServerRanges: "10.0.0.0/8",
  };
  const { requested, spec } = judge(choices, context);
  const request = creationRequest(choices, requested);
  const cli = asCli("p1", choices, request);
  expect(cli.missing).toEqual(["apiServerRanges"]);
  expect(cli.text).toContain(`fairlead cluster create 'it'\\''s mine' \\\n  --project p1 \\\n  --datacenter local`);
  expect(cli.text).toContain("--konnectivity");
  expect(cli.text).toContain("--cni-values /dev/stdin <<'EOF'\nhubble:\n  enabled: true\nEOF");
  expect(asCurl("p1", request)).toContain(JSON.stringify(request, undefined, 2));
  const manifest = clusterManifest(choices, { spec, project: "p1", id: "abcdefghij" });
  const [, yaml = ""] = asKubectl(manifest).split("<<'EOF'\n");
  expect(parse(yaml.replace(/EOF\n$/, ""))).toMatchObject({
    metadata: {
      name: "abcdefghij",
      labels: { "project-id": "p1" },
      annotations: { "kubermatic.io/initial-cni-values-request": '{"hubble":{"enabled":true}}' },
    },
    spec: { humanReadableName: "it's mine", clusterNetwork: { proxyMode: "ebpf" } },
  });
});

test("a template has the choices, with the values beside the cluster", () => {
  const choices: ClusterChoices = { ...usual, cniType: "cilium", cniValues: "a: 1" };
  const { requested } = judge(choices, context);
  expect(templateRequest(choices, { requested, name: "web", scope: "project" })).toMatchObject({
    name: "web",
    scope: "project",
    annotations: { "kubermatic.io/initial-cni-values-request": '{"a":1}' },
    cluster: { name: "web", spec: { cniPlugin: { type: "cilium" } } },
    nodeDeployment: { spec: { replicas: 2 } },
  });
});

test("a wizard is kept by tab and project", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => kept.set(name, text),
  } as unknown as Storage;
  saveWizard("p1", { choices: usual, step: "network" }, storage);
  expect(loadWizard("p1", storage)).toEqual({ choices: usual, step: "network" });
  expect(loadWizard("p2", storage)).toBeUndefined();
  kept.set("fairlead-create-cluster-p1", "{");
  expect(loadWizard("p1", storage)).toBeUndefined();
});

test("lists take commas, blanks and lines", () => {
  expect(listed(" 10.0.0.0/8, fd00::/8\n1.2.3.0/24;")).toEqual(["10.0.0.0/8", "fd00::/8", "1.2.3.0/24"]);
  expect(listed(undefined)).toEqual([]);
});
