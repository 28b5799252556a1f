import type { Cluster } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { cniContradictions, isCniChart } from "./cni-contradictions.ts";

const cluster = {
  metadata: { name: "abcdefghij" },
  spec: {
    clusterNetwork: {
      pods: { cidrBlocks: ["172.25.0.0/16", "fd01::/48"] },
      services: { cidrBlocks: ["10.240.16.0/20", "fd02::/120"] },
    },
  },
  status: { address: { externalName: "api.example.com", ip: "192.0.2.1", port: 6443 } },
} as unknown as Cluster;

const fieldsOf = (values: object) => cniContradictions({ ...values }, cluster).map(({ field }) => field);

describe("values that contradict the cluster", () => {
  test.each<[string, object, string]>([
    ["flannel", { podCidr: "10.244.0.0/16" }, "podCidr"],
    ["flannel, IPv6", { podCidrv6: "2001:db8::/48" }, "podCidrv6"],
    [
      "cilium, old",
      { ipam: { operator: { clusterPoolIPv4PodCIDR: "10.0.0.0/8" } } },
      "ipam.operator.clusterPoolIPv4PodCIDR",
    ],
    [
      "cilium",
      { ipam: { operator: { clusterPoolIPv4PodCIDRList: ["172.25.0.0/17", "10.0.0.0/8"] } } },
      "ipam.operator.clusterPoolIPv4PodCIDRList",
    ],
    [
      "calico",
      { installation: { calicoNetwork: { ipPools: [{ cidr: "172.25.0.0/17" }, { cidr: "192.168.0.0/16" }] } } },
      "installation.calicoNetwork.ipPools[1].cidr",
    ],
    ["antrea", { serviceCIDR: "10.96.0.0/12" }, "serviceCIDR"],
    ["kube-ovn", { ipv4: { SVC_CIDR: "10.96.0.0/12", POD_CIDR: "172.25.0.0/16" } }, "ipv4.SVC_CIDR"],
    ["both families in one text", { podCIDR: "172.25.0.0/16, 2001:db8::/48" }, "podCIDR"],
    ["DNS", { clusterDNS: "10.96.0.10" }, "clusterDNS"],
    ["the API server's host", { k8sServiceHost: "10.96.0.1" }, "k8sServiceHost"],
    ["the API server's port", { k8sServicePort: 443 }, "k8sServicePort"],
  ])("%s", (_what, values, field) => {
    expect(fieldsOf(values)).toEqual([`spec.values.${field}`]);
  });

  test("the warning names both sides", () => {
    const [warning] = cniContradictions({ podCidr: "10.244.0.0/16" }, cluster);
    expect(warning?.message).toBe(
      "10.244.0.0/16 is not within spec.clusterNetwork.pods of the cluster: 172.25.0.0/16, fd01::/48",
    );
  });
});

test.each<[string, object]>([
  ["the ranges themselves", { podCidr: "172.25.0.0/16", podCidrv6: "fd01::/48", serviceCIDR: "10.240.16.0/20" }],
  ["parts of them", { podCidr: "172.25.128.0/17" }],
  ["where the API server is", { k8sServiceHost: "api.example.com", k8sServicePort: "6443" }],
  ["its address", { k8sServiceHost: "192.0.2.1" }],
  ["nothing", { podCidr: "", serviceCIDR: null, ipam: {} }],
  ["what is no range", { podCidr: "auto", clusterCIDR: 5 }],
  ["other keys", { cidr: "10.0.0.0/8", allow: [{ cidr: "10.0.0.0/8" }] }],
])("%s: no warning", (_what, values) => {
  expect(fieldsOf(values)).toEqual([]);
});

test.each([
  ["cilium", true],
  ["tigera-operator", true],
  ["deploy/chart/flannel", true],
  ["nginx", false],
  ["", false],
])("chart %j is a CNI: %j", (name, expected) => {
  expect(isCniChart(name)).toBe(expected);
});
