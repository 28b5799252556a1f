import {
  applyUnlessCurrent,
  builtin,
  type ClusterRole,
  type ClusterRoleBinding,
  type KubeClient,
} from "@fairlead/kube";
import { identities } from "../pki/cluster-plan.ts";

const rbacGroup = "rbac.authorization.k8s.io";
const fieldManager = "fairlead";

/** Lets the admin kubeconfig that lies in the management API do everything. */
export const adminBinding: ClusterRoleBinding = {
  apiVersion: `${rbacGroup}/v1`,
  kind: "ClusterRoleBinding",
  metadata: { name: identities.adminGroup },
  roleRef: { apiGroup: rbacGroup, kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ apiGroup: rbacGroup, kind: "Group", name: identities.adminGroup }],
};

/** What a kubelet may do to its own node and pods, for all simulated nodes. */
const kwokRole: ClusterRole = {
  metadata: { name: identities.kwokUser },
  rules: [
    { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["get", "list", "watch", "update", "patch", "delete"] },
    { apiGroups: [""], resources: ["nodes/status", "pods/status"], verbs: ["get", "update", "patch"] },
    {
      apiGroups: ["coordination.k8s.io"],
      resources: ["leases"],
      verbs: ["get", "list", "watch", "create", "update", "patch"],
    },
    { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", "update", "patch"] },
  ],
};

const kwokBinding: ClusterRoleBinding = {
  metadata: { name: identities.kwokUser },
  roleRef: { apiGroup: rbacGroup, kind: "ClusterRole", name: identities.kwokUser },
  subjects: [{ apiGroup: rbacGroup, kind: "User", name: identities.kwokUser }],
};

/** Gives the admin kubeconfig its rights. */
export async function grantAdminAccess(client: KubeClient, signal: AbortSignal): Promise<void> {
  await applyUnlessCurrent(client, builtin.ClusterRoleBinding, adminBinding, { fieldManager, force: true, signal });
}

/** Gives kwok its rights. */
export async function grantKwokAccess(client: KubeClient, signal: AbortSignal): Promise<void> {
  const options = { fieldManager, force: true, signal };
  await applyUnlessCurrent(client, builtin.ClusterRole, kwokRole, options);
  await applyUnlessCurrent(client, builtin.ClusterRoleBinding, kwokBinding, options);
}
