/**
 * What has to be in a user cluster because its control plane runs in a seed. Pure.
 * @module
 */
import { isIP } from "node:net";
import type { ClusterRoleBinding, KubeObject } from "@fairlead/kube";
import { adminBinding } from "../local/access.ts";
import { identities } from "../pki/cluster-plan.ts";
import type { ControlPlaneAddress } from "../provider.ts";
import { envoyAgent } from "./envoy-agent.ts";
import type { SeedClusterSpec } from "./seed-spec.ts";

export interface UserClusterOptions {
  address: ControlPlaneAddress;
  /** Address under which pods of the user cluster reach kube-apiserver. */
  ip: string;
  overwriteRegistry: string;
}

export function userClusterObjects(spec: SeedClusterSpec, options: UserClusterOptions): KubeObject[] {
  const { address, ip } = options;
  return [
    adminBinding,
    kubeletBinding,
    ...(spec.reconcilesEndpoints ? kubernetesEndpoints({ ip, port: address.port }) : []),
    ...(spec.exposeStrategy === "Tunneling" ? envoyAgent(spec, options) : []),
  ];
}

/** Kubelets ask the API server whether their caller may do what it asks for. */
const kubeletBinding: ClusterRoleBinding = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: identities.kubeletClientUser },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:kubelet-api-admin" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: identities.kubeletClientUser }],
};

/**
 * Where the Service `kubernetes` leads. kube-apiserver would name the addresses of its own pods, which no node of the user
 * cluster reaches.
 */
function kubernetesEndpoints({ ip, port }: { ip: string; port: number }): KubeObject[] {
  const name = "kubernetes";
  const namespace = "default";
  const ports = [{ name: "https", port, protocol: "TCP" }];
  return [
    {
      apiVersion: "v1",
      kind: "Endpoints",
      // The slice is written here, too, so nobody has to mirror one.
      metadata: { name, namespace, labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
      subsets: [{ addresses: [{ ip }], ports }],
    } as KubeObject,
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name, namespace, labels: { "kubernetes.io/service-name": name } },
      addressType: isIP(ip) === 6 ? "IPv6" : "IPv4",
      endpoints: [{ addresses: [ip], conditions: { ready: true } }],
      ports,
    } as KubeObject,
  ];
}
