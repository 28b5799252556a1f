import { builtin, type ClusterRole, type ClusterRoleBinding, type KubeClient, type Secret } from "@fairlead/kube";
import { applicationsGroup, clusterNamespace, machineGroup } from "@fairlead/resources";
import { parse, stringify } from "yaml";
import type { ApiContext } from "../api-context.ts";
import { adminKubeconfig } from "./kubeconfig.ts";
import { inUserCluster } from "./user-cluster.ts";

/** In the user cluster, all of that name. */
const account = { name: "fairlead-viewer", namespace: "kube-system" };
/** Tokens are bound to it: when it goes, they are good no longer. */
const anchor = { name: "fairlead-viewer-token", namespace: "kube-system" };
/** In the management API, beside the administrator's kubeconfig; named as KKP names it. */
const storedName = "viewer-token";
const fieldManager = "fairlead";

const daySeconds = 24 * 3600;
const lifetimeSeconds = 365 * daySeconds;
/** Whoever downloads a kubeconfig can use it at least that long. */
const leastLifetimeSeconds = 180 * daySeconds;

/**
 * A kubeconfig that lets look and not change: everything that Kubernetes' own role `view` shows, which leaves Secrets out,
 * and nodes, volumes and definitions. The same one for all viewers, until it is revoked.
 * @throws ApiError 503 until the cluster's API server answers
 */
export async function viewerKubeconfig(context: ApiContext, id: string, signal: AbortSignal): Promise<string> {
  const admin = await adminKubeconfig(context.management, id, signal);
  const token = (await storedToken(context.management, id, signal)) ?? (await newToken(context, id, signal));
  return withToken(admin, token);
}

/** Makes every viewer's kubeconfig of the cluster useless. @throws ApiError 503 until the cluster's API server answers */
export async function revokeViewerKubeconfig(context: ApiContext, id: string): Promise<void> {
  await inUserCluster(context, id, (client) => client.deleteIfExists(builtin.Secret, anchor));
  await context.management.deleteIfExists(builtin.Secret, storedRef(id));
}

function storedRef(id: string) {
  return { name: storedName, namespace: clusterNamespace(id) };
}

async function storedToken(management: KubeClient, id: string, signal: AbortSignal): Promise<string | undefined> {
  const secret = await management.find(builtin.Secret, storedRef(id), { signal });
  const field = (name: string) => Buffer.from(secret?.data?.[name] ?? "", "base64").toString("utf8");
  const left = (Date.parse(field("expires")) - Date.now()) / 1000;
  return left > leastLifetimeSeconds ? field("token") : undefined;
}

interface TokenRequest {
  status?: { token?: string; expirationTimestamp?: string };
}

async function newToken(context: ApiContext, id: string, signal: AbortSignal): Promise<string> {
  const { token = "", expirationTimestamp = "" } = await inUserCluster(context, id, async (client) => {
    const bound = await prepare(client, signal);
    const request = await client.request<TokenRequest>({
      method: "POST",
      path: `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`,
      body: {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {
          expirationSeconds: lifetimeSeconds,
          boundObjectRef: { apiVersion: "v1", kind: "Secret", name: anchor.name, uid: bound.metadata.uid },
        },
      },
      signal,
    });
    return request.status ?? {};
  });
  const data = { token: base64(token), expires: base64(expirationTimestamp) };
  const secret: Secret = { metadata: storedRef(id), type: "Opaque", data };
  await context.management.apply(builtin.Secret, secret, { fieldManager, force: true });
  return token;
}

/** Account, rights and anchor; what is there stays. */
async function prepare(client: KubeClient, signal: AbortSignal): Promise<Secret> {
  const options = { fieldManager, force: true, signal };
  await client.apply(builtin.ServiceAccount, { metadata: account, automountServiceAccountToken: false }, options);
  await client.apply<ClusterRole>(builtin.ClusterRole, moreThanView, options);
  for (const role of ["view", "system:aggregate-to-view", moreThanView.metadata.name ?? ""]) {
    await client.apply<ClusterRoleBinding>(builtin.ClusterRoleBinding, bindingTo(role), options);
  }
  return client.apply(builtin.Secret, { metadata: anchor, type: "Opaque" }, options);
}

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

function bindingTo(role: string): ClusterRoleBinding {
  return {
    metadata: { name: `fairlead:viewer:${role}` },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", ...account }],
  };
}

/** The cluster's address as the administrator's kubeconfig has it, with other credentials. */
function withToken(admin: string, token: string): string {
  const { clusters } = parse(admin) as { clusters: { name: string }[] };
  const [cluster] = clusters;
  const context = `viewer@${cluster?.name}`;
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters,
    users: [{ name: "viewer", user: { token } }],
    contexts: [{ name: context, context: { cluster: cluster?.name, user: "viewer" } }],
    "current-context": context,
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
