import type { ClusterRole, ClusterRoleBinding, KubeObject, RoleBinding, Secret, Service } from "@fairlead/kube";
import { identities } from "../pki/cluster-plan.ts";
import { type PkiFiles, requirePem } from "../pki/pki.ts";
import { serves, type TunnelStep } from "./tunnel.ts";

export interface TunnelObjectsOptions {
  step: TunnelStep;
  pki: PkiFiles;
  /** Namespace of the control plane in its seed, whose metrics-server serves a cluster with OpenVPN; absent: none. */
  seedNamespace?: string;
}

/**
 * What a tunnel needs in the user cluster and no add-on chart may hold: private keys, and what belongs to a
 * metrics-server outside of it.
 */
export function tunnelUserClusterObjects(options: TunnelObjectsOptions): KubeObject[] {
  const { step, pki, seedNamespace } = options;
  const objects: KubeObject[] = [];
  if (serves(step, "konnectivity")) {
    objects.push(tlsSecret("metrics-server-serving-cert", pki, { certificate: "metrics-server-serving" }));
  }
  if (serves(step, "openvpn")) {
    objects.push(
      secret("openvpn-client-certificates", {
        "ca.crt": requirePem(pki, "openvpn-ca.crt"),
        "client.crt": requirePem(pki, "openvpn-client.crt"),
        "client.key": requirePem(pki, "openvpn-client.key"),
      }),
    );
  }
  if (step.use === "openvpn" && seedNamespace !== undefined) objects.push(...seedMetricsAccess(seedNamespace));
  return objects;
}

/** With OpenVPN the metrics-server is in the seed: the user cluster's Service leads there, and it may read what it needs. */
function seedMetricsAccess(seedNamespace: string): KubeObject[] {
  const rbac = "rbac.authorization.k8s.io";
  const role = "system:metrics-server";
  const subjects = [{ apiGroup: rbac, kind: "User", name: identities.metricsServerUser }];
  const bind = (name: string, roleName: string): ClusterRoleBinding => ({
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: roleName },
    subjects,
  });
  const service: Service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "metrics-server", namespace: "kube-system" },
    spec: {
      type: "ExternalName",
      externalName: `metrics-server.${seedNamespace}.svc.cluster.local`,
      ports: [{ name: "https", port: 443, protocol: "TCP" }],
    },
  };
  const clusterRole: ClusterRole = {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRole",
    metadata: { name: role },
    rules: [
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
    ],
  };
  const reader: RoleBinding = {
    apiVersion: `${rbac}/v1`,
    kind: "RoleBinding",
    metadata: { name: "metrics-server-auth-reader", namespace: "kube-system" },
    roleRef: { apiGroup: rbac, kind: "Role", name: "extension-apiserver-authentication-reader" },
    subjects,
  };
  return [
    service,
    clusterRole,
    bind(role, role),
    bind("metrics-server:system:auth-delegator", "system:auth-delegator"),
    reader,
  ];
}

function tlsSecret(name: string, pki: PkiFiles, { certificate }: { certificate: string }): Secret {
  return {
    ...secret(name, {
      "tls.crt": requirePem(pki, `${certificate}.crt`),
      "tls.key": requirePem(pki, `${certificate}.key`),
    }),
    type: "kubernetes.io/tls",
  };
}

function secret(name: string, files: Record<string, string>): Secret {
  const data = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, base64(text)]));
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "kube-system" }, type: "Opaque", data };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
