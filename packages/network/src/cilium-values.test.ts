import { describe, expect, test } from "vitest";
import { type CiliumCluster, managedCiliumValues, managedKeys } from "./cilium-values.ts";
import { valueAt } from "./json.ts";
import type { ClusterNetwork } from "./types.ts";

const network: ClusterNetwork = {
  pods: { cidrBlocks: ["192.168.0.0/16"] },
  services: { cidrBlocks: ["10.240.16.0/20"] },
  nodeCidrMaskSizeIPv4: 24,
  proxyMode: "iptables",
  dnsDomain: "cluster.local",
};
const dual = { pods: { cidrBlocks: ["192.168.0.0/16", "fd01::/48"] }, nodeCidrMaskSizeIPv6: 64 };

function cluster(version: string, changes: Partial<ClusterNetwork> = {}, nodePortRange?: string): CiliumCluster {
  return {
    spec: {
      cniPlugin: { version },
      clusterNetwork: { ...network, ...changes },
      componentsOverride: { apiserver: nodePortRange === undefined ? {} : { nodePortRange } },
    },
    status: { address: { externalName: "c.example", port: 6443 } },
  };
}

describe("Cilium 1.13", () => {
  test("beside kube-proxy", () => {
    expect(managedCiliumValues(cluster("1.13.8")).values).toEqual({
      cni: { exclusive: false },
      operator: { securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
      kubeProxyReplacement: "disabled",
      ipam: { operator: { clusterPoolIPv4PodCIDR: "192.168.0.0/16", clusterPoolIPv4MaskSize: "24" } },
    });
  });

  test("instead of kube-proxy, dual-stack, with NodePorts of its own", () => {
    const own = cluster("1.13.0", { ...dual, proxyMode: "ebpf" }, "30000-31777");
    expect(managedCiliumValues(own).values).toEqual({
      cni: { exclusive: false },
      operator: { securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
      kubeProxyReplacement: "strict",
      k8sServiceHost: "c.example",
      k8sServicePort: 6443,
      nodePort: { range: "30000,31777" },
      ipv6: { enabled: true },
      ipam: {
        operator: {
          clusterPoolIPv4PodCIDR: "192.168.0.0/16",
          clusterPoolIPv4MaskSize: "24",
          clusterPoolIPv6PodCIDR: "fd01::/48",
          clusterPoolIPv6MaskSize: "64",
        },
      },
    });
  });
});

describe("Cilium from 1.14", () => {
  test.each(["1.14.16", "1.19.4"])("%s beside kube-proxy", (version) => {
    expect(managedCiliumValues(cluster(version)).values).toMatchObject({
      cni: { exclusive: false, chainingMode: "portmap" },
      sessionAffinity: true,
      kubeProxyReplacement: "false",
      ipam: { operator: { clusterPoolIPv4PodCIDRList: ["192.168.0.0/16"], clusterPoolIPv4MaskSize: 24 } },
      extraConfig: { "exclude-local-address": "169.254.20.10/32" },
      podSecurityContext: { seccompProfile: { type: "RuntimeDefault" } },
    });
  });

  test("instead of kube-proxy, dual-stack", () => {
    const { values } = managedCiliumValues(cluster("1.19.4", { ...dual, proxyMode: "ebpf" }, "30000-32767"));
    expect(values).toMatchObject({
      kubeProxyReplacement: "true",
      k8sServiceHost: "c.example",
      k8sServicePort: 6443,
      ipv6: { enabled: true },
    });
    expect(valueAt(values, ["ipam", "operator"])).toEqual({
      clusterPoolIPv4PodCIDRList: ["192.168.0.0/16"],
      clusterPoolIPv4MaskSize: 24,
      clusterPoolIPv6PodCIDRList: ["fd01::/48"],
      clusterPoolIPv6MaskSize: 64,
    });
    for (const absent of ["nodePort", "sessionAffinity"]) expect(values).not.toHaveProperty(absent);
    expect(valueAt(values, ["cni"])).toEqual({ exclusive: false });
  });

  test("the DNS cache's address joins the user's own, once", () => {
    const excluded = (text: string, changes = {}) =>
      valueAt(
        managedCiliumValues(cluster("1.19.4", changes), {
          currentValues: { extraConfig: { "exclude-local-address": text } },
        }).values,
        ["extraConfig", "exclude-local-address"],
      );
    expect(excluded("10.1.1.1/32")).toBe("10.1.1.1/32 169.254.20.10/32");
    expect(excluded("169.254.20.10/32 10.1.1.1/32")).toBe("169.254.20.10/32 10.1.1.1/32");
    expect(excluded("10.1.1.1/32", { nodeLocalDNSCacheEnabled: false })).toBeUndefined();
  });
});

test("all images come from the overwriting registry", () => {
  const repositories = (version: string) =>
    managedCiliumValues(cluster(version), { overwriteRegistry: "registry.example:5000" })
      .owned.filter(({ path }) => path.at(-1) === "repository")
      .map(({ path, value }) => `${path.join(".")}=${String(value)}`);
  const shared = [
    "image.repository=registry.example:5000/cilium/cilium",
    "operator.image.repository=registry.example:5000/cilium/operator",
    "hubble.relay.image.repository=registry.example:5000/cilium/hubble-relay",
    "hubble.ui.backend.image.repository=registry.example:5000/cilium/hubble-ui-backend",
    "hubble.ui.frontend.image.repository=registry.example:5000/cilium/hubble-ui",
    "certgen.image.repository=registry.example:5000/cilium/certgen",
  ];
  expect(repositories("1.13.8")).toEqual(shared);
  expect(repositories("1.19.4")).toEqual([
    ...shared,
    "envoy.image.repository=registry.example:5000/cilium/cilium-envoy",
  ]);
  const { values } = managedCiliumValues(cluster("1.13.8"), { overwriteRegistry: "r" });
  expect(valueAt(values, ["hubble", "ui", "backend", "image", "useDigest"])).toBe(false);
});

test("a registry may be given with a slash at its end", () => {
  const { values } = managedCiliumValues(cluster("1.19.4"), { overwriteRegistry: "r.example/mirror/" });
  expect(valueAt(values, ["image", "repository"])).toBe("r.example/mirror/cilium/cilium");
});

test("ranges are passed on as the cluster spells them", () => {
  const pods = { cidrBlocks: ["10.4.0.0/16", "FD01:0::/48"] };
  const { values } = managedCiliumValues(cluster("1.13.8", { ...dual, pods }));
  expect(valueAt(values, ["ipam", "operator", "clusterPoolIPv6PodCIDR"])).toBe("FD01:0::/48");
});

test("an API server without an address cannot be named", () => {
  const { spec } = cluster("1.19.4", { proxyMode: "ebpf" });
  expect(() => managedCiliumValues({ spec })).toThrow("status.address");
  expect(() => managedCiliumValues({ spec: cluster("1.19.4").spec })).not.toThrow();
});

test("each owned key has a reason, is in the values, and may be managed", () => {
  const possible = new Set(managedKeys.map(({ path }) => path));
  for (const version of ["1.13.8", "1.19.4"]) {
    for (const proxyMode of ["ebpf", "iptables"] as const) {
      const own = cluster(version, { ...dual, proxyMode }, "31000");
      const { values, owned } = managedCiliumValues(own, { overwriteRegistry: "r" });
      for (const { path, value, reason } of owned) {
        expect(valueAt(values, path)).toEqual(value);
        expect(possible).toContain(path.join("."));
        expect(reason).not.toBe("");
      }
    }
  }
});
