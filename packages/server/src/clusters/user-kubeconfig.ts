import { builtin, type ClusterRole, type ClusterRoleBinding, type KubeClient, type Secret } from "@fairlead/kube";
import { applicationsGroup, fairleadGroup, machineGroup } from "@fairlead/resources";
import { parse, stringify } from "yaml";
import type { ApiContext } from "../api-context.ts";
import { userId } from "../users/user-directory.ts";
import { adminKubeconfig } from "./kubeconfig.ts";
import { inUserCluster } from "./user-cluster.ts";

/** What a kubeconfig lets its owner do: everything, or look. */
export type KubeconfigRole = "admin" | "viewer";

const namespace = "kube-system";
const fieldManager = "fairlead";
const lifetimeSeconds = 365 * 24 * 3600;
/** Of the anchors: Secrets that tokens are bound to, one a person and role. When it goes, they are good no longer. */
const roleLabel = `${fairleadGroup}/kubeconfig-role`;
const ownerAnnotation = `${fairleadGroup}/kubeconfig-owner`;

/**
 * A kubeconfig of that person's own, with a token that is good for a year or until it is revoked. A viewer's shows everything
 * that Kubernetes' own role `view` shows, which leaves Secrets out, and nodes, volumes and definitions.
 * @param context.email of whom it is made for
 * @throws ApiError 503 until the cluster's API server answers
 */
export async function userKubeconfig(
  { api, id, signal }: { api: ApiContext; id: string; signal: AbortSignal },
  role: KubeconfigRole,
  email: string,
): Promise<string> {
  const ours = await adminKubeconfig(api.management, id, signal);
  const token = await inUserCluster(api, id, async (client) => {
    await grant(client, role, signal);
    const anchor = await client.apply(builtin.Secret, anchorOf(role, email), { fieldManager, force: true, signal });
    return requestToken(client, { role, anchor, signal });
  });
  return withToken(ours, role, token);
}

/**
 * Makes kubeconfigs of that role useless, and whoever still may downloads another one: one person's, or everybody's.
 * @throws ApiError 503 until the cluster's API server answers
 */
export async function revokeKubeconfigs(
  api: ApiContext,
  id: string,
  { role, email }: { role: KubeconfigRole; email?: string | undefined },
): Promise<void> {
  await inUserCluster(api, id, async (client) => {
    const labelSelector = `${roleLabel}=${role}`;
    const { items } = await client.list(builtin.Secret, { namespace, labelSelector });
    for (const { metadata } of items) {
      const name = metadata.name ?? "";
      if (email === undefined || name === anchorName(role, email)) {
        await client.deleteIfExists(builtin.Secret, { name, namespace });
      }
    }
  });
}

function anchorName(role: KubeconfigRole, email: string): string {
  return `fairlead-${role}-${userId(email)}`;
}

function anchorOf(role: KubeconfigRole, email: string): Secret {
  const labels = { [roleLabel]: role };
  const annotations = { [ownerAnnotation]: email };
  return { metadata: { name: anchorName(role, email), namespace, labels, annotations }, type: "Opaque" };
}

interface TokenRequest {
  status?: { token?: string };
}

async function requestToken(
  client: KubeClient,
  { role, anchor, signal }: { role: KubeconfigRole; anchor: Secret; signal: AbortSignal },
): Promise<string> {
  const { name, uid } = anchor.metadata;
  const { status } = await client.request<TokenRequest>({
    method: "POST",
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${accounts[role]}/token`,
    body: {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: lifetimeSeconds, boundObjectRef: { apiVersion: "v1", kind: "Secret", name, uid } },
    },
    signal,
  });
  return status?.token ?? "";
}

const accounts: Readonly<Record<KubeconfigRole, string>> = { admin: "fairlead-admin", viewer: "fairlead-viewer" };

const rbac = "rbac.authorization.k8s.io";
const reading = ["get", "list", "watch"];

/** What `view` leaves out because it is not in a namespace, or not Kubernetes' own. */
const moreThanView: ClusterRole = {
  metadata: { name: "fairlead:viewer" },
  rules: [
    { apiGroups: [""], resources: ["nodes", "namespaces", "persistentvolumes"], verbs: reading },
    { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: reading },
    { apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"], verbs: reading },
    { apiGroups: [machineGroup], resources: ["*"], verbs: reading },
    { apiGroups: [applicationsGroup], resources: ["*"], verbs: reading },
  ],
};

const clusterRoles: Readonly<Record<KubeconfigRole, readonly string[]>> = {
  admin: ["cluster-admin"],
  viewer: ["view", "system:aggregate-to-view", "fairlead:viewer"],
};

/** The role's account and rights in the cluster; what is there stays. */
async function grant(client: KubeClient, role: KubeconfigRole, signal: AbortSignal): Promise<void> {
  const options = { fieldManager, force: true, signal };
  const account = { name: accounts[role], namespace };
  await client.apply(builtin.ServiceAccount, { metadata: account, automountServiceAccountToken: false }, options);
  if (role === "viewer") await client.apply<ClusterRole>(builtin.ClusterRole, moreThanView, options);
  for (const name of clusterRoles[role]) {
    const binding: ClusterRoleBinding = {
      metadata: { name: `fairlead:${role}:${name}` },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", ...account }],
    };
    await client.apply<ClusterRoleBinding>(builtin.ClusterRoleBinding, binding, options);
  }
}

/** The cluster's address and authority as Fairlead's own kubeconfig has them, with other credentials. */
function withToken(ours: string, role: KubeconfigRole, token: string): string {
  const { clusters } = parse(ours) as { clusters: { name: string }[] };
  const [cluster] = clusters;
  const context = `${role}@${cluster?.name}`;
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters,
    users: [{ name: role, user: { token } }],
    contexts: [{ name: context, context: { cluster: cluster?.name, user: role } }],
    "current-context": context,
  });
}
