import type { GroupProjectBinding, User, UserProjectBinding } from "@fairlead/resources";
import { expect, test } from "vitest";
import { planAdministratorAccess, planProjectAccess } from "./plan.ts";

function member(userEmail: string, group: string): UserProjectBinding {
  return { metadata: { name: userEmail }, spec: { userEmail, projectID: "p", group } };
}

function group(name: string, role: GroupProjectBinding["spec"]["role"]): GroupProjectBinding {
  return { metadata: { name }, spec: { group: name, projectID: "p", role } };
}

const empty = { projectId: "p", clusters: [], userBindings: [], groupBindings: [] };

test("each role that somebody has is a role and a binding, writes going by the clusters' names", () => {
  const userBindings = [member("b@x", "editors-p"), member("a@x", "editors-p"), member("v@x", "viewers-p")];
  const { roles, bindings } = planProjectAccess({ ...empty, clusters: ["c2", "c1"], userBindings });
  expect(bindings.map(({ metadata, subjects }) => [metadata.name, subjects?.map(({ name }) => name)])).toEqual([
    ["fairlead:project:editors-p", ["a@x", "b@x"]],
    ["fairlead:project:viewers-p", ["v@x"]],
  ]);
  const [editors, viewers] = roles.map(({ rules = [] }) =>
    rules.filter(({ resources }) => resources?.includes("clusters")),
  );
  expect(editors?.map(({ resourceNames, verbs }) => [resourceNames, verbs])).toEqual([
    [
      ["c1", "c2"],
      ["get", "update", "patch", "delete"],
    ],
    [undefined, ["create"]],
  ]);
  expect(viewers?.map(({ resourceNames, verbs }) => [resourceNames, verbs])).toEqual([[["c1", "c2"], ["get"]]]);
});

test("in a project without clusters nobody gets a rule that would hold for all clusters", () => {
  const userBindings = ["owners", "editors", "viewers", "projectmanagers"].map((role) =>
    member(`${role}@x`, `${role}-p`),
  );
  for (const { rules = [] } of planProjectAccess({ ...empty, userBindings }).roles) {
    for (const rule of rules) expect(rule.resourceNames?.length || rule.verbs.join()).not.toBe(0);
    const unnamed = rules.filter(({ resourceNames }) => resourceNames === undefined);
    expect(unnamed.flatMap(({ verbs }) => verbs).filter((verb) => verb !== "create")).toEqual([]);
  }
});

test("groups of the provider are subjects; Kubernetes' own users and groups never are", () => {
  const groupBindings = [group("dev", "viewers"), group("system:authenticated", "owners")];
  const userBindings = [member("system:anonymous", "owners-p"), member("x@x", "owners-other")];
  const { bindings } = planProjectAccess({ ...empty, groupBindings, userBindings });
  expect(bindings.map(({ subjects }) => subjects)).toEqual([
    [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "dev" }],
  ]);
});

test("administrators are people that their User object calls so", () => {
  const user = (email: string, more: Partial<User["spec"]>): User => ({
    metadata: { name: email },
    spec: { name: email, email, ...more },
  });
  const { bindings } = planAdministratorAccess([
    user("a@x", { admin: true }),
    user("b@x", { admin: false }),
    user("robot@x", { admin: true, project: "p" }),
  ]);
  expect(bindings.map(({ subjects }) => subjects?.map(({ name }) => name))).toEqual([["a@x"]]);
  expect(planAdministratorAccess([])).toEqual({ roles: [], bindings: [] });
});
