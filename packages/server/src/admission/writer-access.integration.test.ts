import { builtin, type PolicyRule, StatusError, waitFor } from "@fairlead/kube";
import { bindingGroup, type Cluster, clusterType, kubermaticGroup, userProjectBindingType } from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { minimalCluster, TestWebhooks } from "../testing/test-webhooks.ts";

const owner = "owner@example.com";
const editor = "editor@example.com";
const viewer = "viewer@example.com";
const stranger = "stranger@example.com";
const lister = "lister@example.com";

let webhooks: TestWebhooks;

beforeAll(async () => {
  webhooks = await TestWebhooks.start();
  const { client } = webhooks;
  // As RBAC cannot say in which project, whoever may create has the right for all.
  const rule = { apiGroups: [kubermaticGroup], resources: ["clusters"] };
  await grant("writers", { ...rule, verbs: ["get", "create", "patch"] }, [owner, editor, viewer, stranger, lister]);
  await grant("listers", { ...rule, verbs: ["list"] }, [lister]);
  for (const [userEmail, role] of [
    [owner, "owners"],
    [editor, "editors"],
    [viewer, "viewers"],
  ] as const) {
    const spec = { userEmail, projectID: "p", group: bindingGroup(role, "p") };
    await client.create(userProjectBindingType, { metadata: { name: role }, spec });
  }
});
afterAll(() => webhooks?.stop());

async function grant(name: string, rule: PolicyRule, users: readonly string[]): Promise<void> {
  const apiGroup = "rbac.authorization.k8s.io";
  await webhooks.client.create(builtin.ClusterRole, { metadata: { name }, rules: [rule] });
  await webhooks.client.create(builtin.ClusterRoleBinding, {
    metadata: { name },
    roleRef: { apiGroup, kind: "ClusterRole", name },
    subjects: users.map((user) => ({ apiGroup, kind: "User", name: user })),
  });
  // The API server hears of its own bindings a moment later. Each counts for all its users and verbs at once.
  const question = ["auth", "can-i", rule.verbs[0] ?? "", "clusters.kubermatic.k8c.io", "--as", users[0] ?? ""];
  const isAllowed = async () => (await webhooks.apiServer.kubectl(question)).ok;
  await waitFor(isAllowed, { what: `the right of ${name}` });
}

/** Fields that the webhook refuses; none if it is accepted. */
async function refusedFields(call: Promise<unknown>): Promise<string[]> {
  try {
    await call;
    return [];
  } catch (error) {
    const causes = error instanceof StatusError ? (error.status.details?.causes ?? []) : [];
    if (causes.length === 0) throw error; // of RBAC, say
    return causes.map(({ field = "" }) => field);
  }
}

let serial = 0;

async function create(user: string, labels: Record<string, string> = {}): Promise<string[]> {
  const object: Cluster = minimalCluster(`cluster-${++serial}`);
  const labelled = { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } } };
  const as = user === "admin" ? webhooks.client : await webhooks.apiServer.clientAs(user);
  return refusedFields(as.create(clusterType, labelled, { dryRun: true }));
}

const project = "metadata.labels[project-id]";
const unsafe = "metadata.labels[unsafe-cni-migration]";

test.each<[string, string[], string[]]>([
  [owner, [], []],
  [editor, [], [unsafe]],
  [viewer, [project], [project, unsafe]],
  [stranger, [project], [project, unsafe]],
  [lister, [], []],
  ["admin", [], []],
])(
  "%s creates a Cluster in the project by kubectl, plain or with an unsafe label, but for %j and %j",
  async (user, plain, labelled) => {
    expect(await create(user)).toEqual(plain);
    expect(await create(user, { "unsafe-cni-migration": "true" })).toEqual(labelled);
  },
);

test("an unsafe label is added to a Cluster by owners, and taken away by editors", async () => {
  await webhooks.client.create(clusterType, minimalCluster("labelled"));
  const patch = async (user: string, value: string | null) => {
    const as = await webhooks.apiServer.clientAs(user);
    const body = { metadata: { labels: { "unsafe-cni-migration": value } } };
    return refusedFields(as.mergePatch(clusterType, { name: "labelled" }, body));
  };
  expect(await patch(editor, "true")).toEqual([unsafe]);
  expect(await patch(owner, "true")).toEqual([]);
  expect(await patch(editor, "false")).toEqual([]);
  expect(await patch(editor, null)).toEqual([]);
  expect(await patch(editor, "true")).toEqual([unsafe]);
});
