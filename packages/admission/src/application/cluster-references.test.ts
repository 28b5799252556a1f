import type { Cluster, HelmValues } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { clusterReferenceNames, referenceProblems, resolveReferences } from "./cluster-references.ts";

const cluster = {
  metadata: { name: "abcdefghij" },
  spec: {
    humanReadableName: '"; rm -rf / #\n{{ .Cluster.OwnerEmail }}',
    version: "v1.36.3",
    cloud: { dc: "local" },
    clusterNetwork: {
      pods: { cidrBlocks: ["172.25.0.0/16", "fd01::/48"] },
      services: { cidrBlocks: ["10.240.16.0/20", "fd02::/120"] },
      nodeCidrMaskSizeIPv4: 25,
      dnsDomain: "cluster.local",
      proxyMode: "ipvs",
      nodeLocalDNSCacheEnabled: false,
    },
  },
  status: {
    userEmail: "joe@example.com",
    address: {
      url: "https://api.example.com:6443",
      externalName: "api.example.com",
      internalURL: "apiserver.cluster-abcdefghij",
      ip: "192.0.2.1",
      port: 6443,
      adminToken: "secret",
    },
  },
} as unknown as Cluster;

describe("resolveReferences", () => {
  test.each<[string, unknown]>([
    ["{{ .Cluster.Name }}", "abcdefghij"],
    ["{{.Cluster.Name}}", "abcdefghij"],
    ["{{- .Cluster.Name -}}", "abcdefghij"],
    ["{{ .Cluster.OwnerEmail }}", "joe@example.com"],
    ["{{ .Cluster.Version }}", "1.36.3"],
    ["{{ .Cluster.MajorMinorVersion }}", "1.36"],
    ["{{ .Cluster.Address.URL }}", "https://api.example.com:6443"],
    ["{{ .Cluster.Address.Port }}", 6443],
    ["{{ .Cluster.Address.ExternalName }}", "api.example.com"],
    ["{{ .Cluster.Address.InternalName }}", "apiserver.cluster-abcdefghij"],
    ["{{ .Cluster.Address.IP }}", "192.0.2.1"],
    ["{{ .Cluster.Network.PodCIDRBlocks }}", ["172.25.0.0/16", "fd01::/48"]],
    ["{{ .Cluster.Network.PodCIDRIPv4 }}", "172.25.0.0/16"],
    ["{{ .Cluster.Network.PodCIDRIPv6 }}", "fd01::/48"],
    ["{{ .Cluster.Network.ServiceCIDRBlocks }}", ["10.240.16.0/20", "fd02::/120"]],
    ["{{ .Cluster.Network.ServiceCIDRIPv4 }}", "10.240.16.0/20"],
    ["{{ .Cluster.Network.ServiceCIDRIPv6 }}", "fd02::/120"],
    ["{{ .Cluster.Network.NodeCIDRMaskSizeIPv4 }}", 25],
    ["{{ .Cluster.Network.NodeCIDRMaskSizeIPv6 }}", 64],
    ["{{ .Cluster.Network.DNSDomain }}", "cluster.local"],
    ["{{ .Cluster.Network.DNSClusterIP }}", "10.240.16.10"],
    ["{{ .Cluster.Network.DNSResolverIP }}", "10.240.16.10"],
    ["{{ .Cluster.Network.ProxyMode }}", "ipvs"],
    ["{{ .Cluster.Network.DualStack }}", true],
    ["https://{{ .Cluster.Address.ExternalName }}:{{ .Cluster.Address.Port }}/", "https://api.example.com:6443/"],
    ["pods={{ .Cluster.Network.PodCIDRBlocks }}", "pods=172.25.0.0/16,fd01::/48"],
    ["{{ .Release.Name }}-{{ .Cluster.Name }}", "{{ .Release.Name }}-abcdefghij"],
  ])("%s is %j", (text, expected) => {
    expect(resolveReferences({ deep: [{ value: text }] }, cluster)).toEqual({ deep: [{ value: expected }] });
  });

  test("every reference that there is can be resolved", () => {
    const values = Object.fromEntries(clusterReferenceNames.map((name) => [name, `{{ .${name} }}`]));
    expect(Object.values(resolveReferences(values, cluster)).filter((value) => value === undefined)).toEqual([]);
    expect(referenceProblems(values, cluster)).toEqual([]);
  });

  test("what the cluster holds stays one text, and is not read again", () => {
    expect(resolveReferences({ name: "{{ .Cluster.HumanReadableName }}", other: 1 }, cluster)).toEqual({
      name: '"; rm -rf / #\n{{ .Cluster.OwnerEmail }}',
      other: 1,
    });
  });

  test("values without references are the same object", () => {
    const values: HelmValues = { a: [1, { b: null }], c: "{{ .Values.x }}" };
    expect(resolveReferences(values, cluster)).toBe(values);
  });
});

describe("referenceProblems", () => {
  test.each([
    ["{{ .Cluster.Address.AdminToken }}"],
    ["{{ .Cluster.Kubeconfig }}"],
    ["{{ .Cluster.constructor }}"],
    ["{{ .Cluster }}"],
    ["{{ .Cluster.Name | upper }}"],
    ["{{ index .Cluster.Labels `x` }}"],
    ["{{ if .Cluster.Name }}"],
  ])("%s is refused with the field's path and all that there is", (text) => {
    const [found] = referenceProblems({ a: { list: ["", text] } });
    expect(found).toMatchObject({ field: "spec.values.a.list[1]", value: text });
    expect(found?.message).toContain("{{ .Cluster.Network.PodCIDRIPv4 }}");
    expect(() => resolveReferences({ a: text }, cluster)).toThrow(TypeError);
  });

  test("what this cluster lacks is refused, instead of an empty text", () => {
    const single = structuredClone(cluster);
    delete single.status?.address;
    if (single.spec.clusterNetwork?.pods) single.spec.clusterNetwork.pods.cidrBlocks = ["172.25.0.0/16"];
    const values = {
      host: "{{ .Cluster.Address.ExternalName }}",
      v6: "{{ .Cluster.Network.PodCIDRIPv6 }}",
      mask: "{{ .Cluster.Network.NodeCIDRMaskSizeIPv6 }}",
      v4: "{{ .Cluster.Network.PodCIDRIPv4 }}",
    };
    expect(referenceProblems(values)).toEqual([]);
    expect(referenceProblems(values, single).map(({ field }) => field)).toEqual([
      "spec.values.host",
      "spec.values.v6",
      "spec.values.mask",
    ]);
    expect(() => resolveReferences(values, single)).toThrow(/no such value/);
  });

  test.each(["{{ .Values.a }}", "{{", "plain", "{{ .ClusterName }}"])("%s is none", (text) => {
    expect(referenceProblems({ text })).toEqual([]);
  });
});

test("a text that is made to be slow is not", () => {
  const size = 200_000;
  const texts = ["{{ .Cluster ", "{{", "{{ .Cluster.Name", "}}", "{{ .Cluster.Name }"].map((part) =>
    part.repeat(size / part.length),
  );
  const started = performance.now();
  for (const text of [...texts, `{{ .Cluster${" ".repeat(size)}`, `{{ ${".Cluster ".repeat(size / 9)}`]) {
    referenceProblems({ text });
    expect(resolveReferences({ text }, cluster)).toEqual({ text });
  }
  expect(performance.now() - started).toBeLessThan(5000);
});
