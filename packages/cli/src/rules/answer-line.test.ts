import { catalogueNames, loadCatalogue, providerNames } from "@fairlead/network";
import { describe, expect, test } from "vitest";
import { answerLine } from "./answer-line.ts";
import type { Answer } from "./operations.ts";

interface Loose extends Omit<Answer, "result"> {
  result: Readonly<Record<string, unknown>>;
}

function ask(request: unknown, catalogue: (typeof catalogueNames)[number] = "2.22"): Loose {
  const line = typeof request === "string" ? request : JSON.stringify(request);
  return JSON.parse(answerLine(line, loadCatalogue(catalogue))) as Loose;
}

const cloud = { dc: "bringyourown-dc", bringyourown: {} };
const create = (spec: object, more: object = { default: true }) => ask({ op: "validate-create", spec, ...more });
const codes = ({ errors = [] }: Loose) => errors.map(({ code }) => code);

describe("default-network", () => {
  test("completes the network for the provider that is asked for", () => {
    const answer = ask({ op: "default-network", provider: "kubevirt", spec: { cloud, cniPlugin: { type: "cilium" } } });
    expect(answer).toMatchObject({ ok: true, op: "default-network" });
    expect(answer.result).toEqual({
      ipFamily: "IPv4",
      pods: { cidrBlocks: ["172.26.0.0/16"] },
      services: { cidrBlocks: ["10.241.0.0/20"] },
      nodeCidrMaskSizeIPv4: 24,
      konnectivityEnabled: false,
      proxyMode: "iptables",
      nodeLocalDNSCacheEnabled: true,
      dnsDomain: "cluster.local",
    });
  });

  test("without a provider takes the spec's, and an unknown one is like most", () => {
    const mode = (request: object) => ask({ op: "default-network", spec: {}, ...request }).result.proxyMode;
    expect(mode({ spec: { cloud: { dc: "hetzner-dc", hetzner: {} } } })).toBe("iptables");
    expect(mode({ provider: "hetzner" })).toBe("iptables");
    expect(mode({ provider: "hetzner", spec: { cloud } })).toBe("iptables");
    expect(mode({ provider: "own" })).toBe("ipvs");
    expect(mode({ provider: "own", spec: { cloud: { dc: "hetzner-dc", hetzner: {} } } })).toBe("ipvs");
    expect(mode({})).toBe("ipvs");
  });
});

describe("validate-create", () => {
  test.each(providerNames)("datacenter %s-dc is there", (provider) => {
    const settings = provider === "gcp" ? { network: "n", subnetwork: "projects/p/regions/r/subnetworks/s" } : {};
    const request = { cloud: { dc: `${provider}-dc`, [provider]: settings } };
    expect(codes(create(request))).toEqual([]);
    const dual = codes(create({ ...request, clusterNetwork: { ipFamily: "IPv4+IPv6" } }));
    expect(dual).toEqual(provider === "openstack" || provider === "vsphere" ? ["dual-stack-datacenter"] : []);
  });

  test.each(["openstack", "vsphere"])("%s-v6-dc has IPv6", (provider) => {
    const request = { cloud: { dc: `${provider}-v6-dc`, [provider]: {} }, clusterNetwork: { ipFamily: "IPv4+IPv6" } };
    expect(create(request).ok).toBe(true);
  });

  test("errors carry reason, field, value, message, code and whether only Fairlead refuses", () => {
    const answer = create({ cloud, clusterNetwork: { services: { cidrBlocks: ["10.240.16.1/20"] }, proxyMode: "x" } });
    expect(answer.ok).toBe(false);
    expect(answer.errors).toEqual([
      {
        reason: "FieldValueInvalid",
        field: "spec.clusterNetwork.services.cidrBlocks[0]",
        value: "10.240.16.1/20",
        message: "expected 10.240.16.0/20",
        code: "cidr-host-bits",
        stricter: true,
      },
      expect.objectContaining({ reason: "FieldValueNotSupported", code: "proxy-mode-unknown", stricter: false }),
    ]);
    expect(answer.result).toMatchObject({ cniPlugin: { type: "canal", version: "v3.24" } });
  });

  test("without default, judges the spec as it is", () => {
    const answer = create({ cloud }, {});
    expect(codes(answer)).toContain("pods-required");
    expect(answer).not.toHaveProperty("result");
  });

  test("warnings come with accepted specs, too", () => {
    const { ok, warnings } = create({ cloud, version: "1.26.4" });
    expect([ok, warnings?.map(({ code }) => code)]).toEqual([true, ["cni-kubernetes-range"]]);
  });

  test("is about the network only", () => {
    expect(create({ cloud }).ok).toBe(true);
    expect(create({ cloud, humanReadableName: 5, oidc: 7, features: "x", version: "1.99.0" }).ok).toBe(true);
    expect(codes(create({ cloud, version: "soon" }))).toEqual(["kubernetes-version-unknown"]);
    expect(codes(create({ cloud: { dc: "elsewhere", aws: {} } }))).toEqual(["datacenter-unknown"]);
  });
});

describe("validate-update", () => {
  const spec = create({ cloud, version: "1.25.4", cniPlugin: { type: "canal", version: "v3.22" } }).result;
  const update = (changes: object, more: object = {}) =>
    ask({ op: "validate-update", old: spec, new: { ...spec, ...changes }, ...more });

  test("judges changes, with the labels of the new one", () => {
    const cniPlugin = { type: "canal", version: "v3.24" };
    expect(codes(update({ cniPlugin }))).toEqual(["cni-version-step"]);
    expect(update({ cniPlugin }, { newLabels: { "unsafe-cni-upgrade": "" } }).ok).toBe(true);
    expect(update({ cniPlugin }, { oldLabels: { "unsafe-cni-upgrade": "" } }).ok).toBe(false);
    expect(update({ cniPlugin: { type: "canal", version: "v3.23" } }).ok).toBe(true);
  });

  test("default completes the new one, forced upgrades included", () => {
    const old = { ...spec, version: "1.22.0", cniPlugin: { type: "canal", version: "v3.19" } };
    const next = { cloud, version: "1.26.4" };
    const answer = ask({ op: "validate-update", old, new: next, oldLabels: {}, newLabels: {}, default: true });
    expect(answer).toMatchObject({ ok: true, errors: [] });
    expect(answer.result).toEqual({
      ...spec,
      version: "1.26.4",
      cniPlugin: { type: "canal", version: "v3.22" },
    });
  });

  test("Kubernetes' own way of versions is not the network's", () => {
    expect(update({ version: "1.30.0" }).ok).toBe(true);
    expect(update({ version: "1.22.0" }).ok).toBe(true);
  });
});

describe("cni-transition", () => {
  const transition = (old: string, next: string, more: object = {}) =>
    ask({ op: "cni-transition", type: "canal", old, new: next, ...more });

  test("says whether, why and what else", () => {
    expect(transition("v3.22", "v3.23", { labels: {}, k8s: "1.24.4" })).toMatchObject({
      ok: true,
      errors: [],
      result: { allowed: true, code: "within-one-minor", remedies: [] },
    });
    expect(transition("v3.22", "v3.24")).toMatchObject({
      ok: false,
      errors: [{ field: "spec.cniPlugin.version", reason: "FieldValueForbidden", value: "v3.24" }],
      result: { allowed: false, code: "cni-version-step" },
    });
    expect(transition("v3.22", "v3.24", { labels: { "unsafe-cni-upgrade": "no" } }).ok).toBe(true);
  });

  test("depends on the catalogue", () => {
    const request = { op: "cni-transition", type: "cilium", old: "1.18.10", new: "1.19.4" };
    expect(catalogueNames.map((name) => ask(request, name).ok)).toEqual([false, false, false, true]);
  });
});

describe("Helm values of Cilium", () => {
  const spec = {
    cniPlugin: { type: "cilium", version: "1.13.8" },
    clusterNetwork: { pods: { cidrBlocks: ["10.4.0.0/16"] }, proxyMode: "ebpf" },
  };
  const status = { address: { externalName: "c.example", port: 6443 } };

  test("follow from the cluster and the registry", () => {
    const request = { op: "cilium-values", cluster: { spec, status }, overwriteRegistry: "" };
    expect(ask(request).result).toMatchObject({ kubeProxyReplacement: "strict", k8sServiceHost: "c.example" });
    expect(ask(request).result).not.toHaveProperty("image");
    expect(ask({ ...request, overwriteRegistry: "r" }).result.image).toEqual({
      repository: "r/cilium/cilium",
      useDigest: false,
    });
  });

  test.each<[object, string]>([
    [{ spec }, "cluster.status.address: "],
    [{ spec: {} }, "cluster.spec.clusterNetwork.pods.cidrBlocks: "],
    [
      { spec: { ...spec, cniPlugin: { type: "canal", version: "v3.24" } } },
      "cluster.spec.cniPlugin.type: expected cilium",
    ],
    [{ spec: { ...spec, cniPlugin: { type: "cilium" } } }, "cluster.spec.cniPlugin.version: expected a version"],
    [{ spec: { ...spec, clusterNetwork: { pods: { cidrBlocks: ["x"] } } } }, "cidrBlocks[0]: expected an address"],
    [{}, "spec: expected an object"],
    [
      { spec, status: { address: { externalName: "h", port: "6443" } } },
      "cluster.status.address.port: expected an int",
    ],
    [{ spec, status: { address: { externalName: 1, port: 6443 } } }, "cluster.status.address.externalName: expected a"],
    [{ spec, status: [] }, "status: expected an object"],
  ])("of %j there are none", (cluster, error) => {
    const answer = ask({ op: "cilium-values", cluster });
    expect(answer).toEqual({ ok: false, error: expect.stringContaining(error) });
  });

  test("may be edited where they are not managed", () => {
    const old = ask({ op: "cilium-values", cluster: { spec, status } }).result;
    const edit = (changes: object) => ask({ op: "cilium-values-update", old, new: { ...old, ...changes } });
    expect(edit({ debug: { enabled: true } })).toEqual({ ok: true, op: "cilium-values-update", errors: [] });
    expect(edit({ kubeProxyReplacement: "disabled" }).errors).toMatchObject([
      { field: "spec.values.kubeProxyReplacement", code: "cilium-value-managed" },
    ]);
  });
});

describe("a line that is no request", () => {
  test.each([
    ["", "the line is not JSON"],
    ["{", "the line is not JSON"],
    ["null", "expected a JSON object"],
    ["[]", "expected a JSON object"],
    ["{}", "op: expected one of default-network, validate-create"],
    ['{"op":"constructor"}', "op: expected one of"],
    ['{"op":"validate-create"}', "spec: expected an object"],
    ['{"op":"validate-create","spec":[]}', "spec: expected an object"],
    ['{"op":"default-network","spec":{"clusterNetwork":5}}', "spec.clusterNetwork: expected an object"],
    [
      '{"op":"default-network","spec":{"clusterNetwork":{"pods":{"cidrBlocks":[1]}}}}',
      "cidrBlocks[0]: expected a string",
    ],
    ['{"op":"default-network","spec":{},"provider":7}', "provider: expected a string"],
    ['{"op":"validate-create","spec":{},"default":"yes"}', "default: expected true or false"],
    ['{"op":"validate-update","old":{}}', "new: expected an object"],
    ['{"op":"validate-update","old":{},"new":{},"newLabels":[]}', "newLabels: expected an object"],
    ['{"op":"cni-transition","type":"canal","old":1,"new":"v3.24"}', "old: expected a string"],
    ['{"op":"cilium-values-update","old":{},"new":null}', "new: expected an object"],
    [`{"op":"validate-create","spec":{"cniPlugin":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`, "too deeply"],
  ])("%.60s", (line, error) => {
    expect(ask(line)).toEqual({ ok: false, error: expect.stringContaining(error) });
  });
});
