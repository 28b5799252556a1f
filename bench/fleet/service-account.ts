import { builtin, type KubeClient, parseKubeconfig } from "@fairlead/kube";

const ref = { name: "fairlead", namespace: "fairlead" };
const expirationSeconds = 24 * 60 * 60;

/** As the management API knows a manager that runs in a cluster. */
export const serviceAccountUser = `system:serviceaccount:${ref.namespace}:${ref.name}`;

/**
 * A service account with all rights, as the chart's is in the end. Its token is verified once in ten seconds, where a client certificate is for
 * each request.
 * @returns a kubeconfig, as JSON
 */
export async function createServiceAccount(client: KubeClient, kubeconfig: string): Promise<string> {
  const group = "rbac.authorization.k8s.io";
  await client.create(builtin.Namespace, { metadata: { name: ref.namespace } });
  await client.create(builtin.ServiceAccount, { metadata: ref });
  await client.create(builtin.ClusterRoleBinding, {
    metadata: { name: "fairlead-manager" },
    roleRef: { apiGroup: group, kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", ...ref }],
  });
  const { status } = await client.request<{ status: { token: string } }>({
    method: "POST",
    path: `/api/v1/namespaces/${ref.namespace}/serviceaccounts/${ref.name}/token`,
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds } },
  });
  const { server, ca = "" } = parseKubeconfig(kubeconfig);
  const named = (key: string, value: object) => [{ name: "fairlead", [key]: value }];
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: named("cluster", { server, "certificate-authority-data": Buffer.from(ca).toString("base64") }),
    users: named("user", { token: status.token }),
    contexts: named("context", { cluster: "fairlead", user: "fairlead" }),
    "current-context": "fairlead",
  });
}
