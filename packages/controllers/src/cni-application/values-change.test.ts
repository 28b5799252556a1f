import { valuesChangeRecordAnnotation } from "@fairlead/admission";
import type { ApplicationInstallation, Cluster, CniValuesChangeStatus } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { testCluster } from "../testing/cluster.ts";
import type { InstallationPlan } from "./plan.ts";
import { planInstallation } from "./plan.ts";
import {
  beginChange,
  digestOf,
  editFindings,
  isUnaccounted,
  planValuesStep,
  recordOf,
  requestedChange,
  type ValuesEdit,
} from "./values-change.ts";

const version = "1.18.10";
const change = { hubble: { enabled: true }, prometheus: null, debug: { verbose: "flow" } };
const now = "2026-01-01T12:00:00Z";

interface Asked {
  annotations?: Record<string, string>;
  changes?: CniValuesChangeStatus[];
}

const asked = { "fairlead.dev/cni-values-change": JSON.stringify(change) };
const byRollout = { ...asked, "fairlead.dev/cni-rollout": "r", "fairlead.dev/cni-rollout-uid": "u" };

function cilium({ annotations = {}, changes }: Asked = {}): Cluster {
  const cluster = testCluster({ cniPlugin: { type: "cilium", version } });
  return {
    ...cluster,
    metadata: { ...cluster.metadata, annotations },
    status: { ...cluster.status, ...(changes ? { cniValuesChanges: changes } : {}) },
  };
}

function written(plan: InstallationPlan): ApplicationInstallation {
  if (plan.action === "none") throw new Error("expected a write");
  return plan.installation;
}

/** As it is planned, with values of the user's own. */
function installed(existing?: ApplicationInstallation, edit?: ValuesEdit): ApplicationInstallation {
  const plan = planInstallation({ cluster: cilium(), definition: undefined, existing, edit, version });
  return existing && plan.action === "none" ? existing : written(plan);
}

function withValues(values: object): ApplicationInstallation {
  const created = installed();
  return { ...created, spec: { ...created.spec, values: { ...created.spec.values, ...values } } };
}

const before = withValues({
  hubble: { ...(installed().spec.values?.hubble as object), enabled: false },
  prometheus: { port: 1 },
});

function begun(annotations: Record<string, string> = asked) {
  const request = requestedChange(cilium({ annotations }));
  if (!request) throw new Error("nothing is asked for");
  return installed(before, beginChange(before, request, now));
}

function told(state: CniValuesChangeStatus["state"], finishedAt?: string): CniValuesChangeStatus {
  return { digest: digestOf(change), state, message: "", startedAt: now, ...(finishedAt ? { finishedAt } : {}) };
}

describe("a change of values", () => {
  test("is merged into the values there are, and what it replaced is kept in the same write", () => {
    const { spec, metadata } = begun();
    expect(spec.values).toMatchObject({
      hubble: { enabled: true },
      debug: { verbose: "flow" },
      cni: { exclusive: false },
    });
    expect(spec.values).not.toHaveProperty("prometheus");
    expect(recordOf({ metadata, spec })).toEqual({
      change,
      digest: digestOf(change),
      before: { hubble: { enabled: false }, prometheus: { port: 1 } },
      startedAt: now,
    });
  });

  test("its digest does not depend on the order of keys", () => {
    expect(digestOf({ a: 1, b: { c: 1, d: 2 } })).toBe(digestOf({ b: { d: 2, c: 1 }, a: 1 }));
    expect(digestOf({ a: 1 })).not.toBe(digestOf({ a: null }));
  });

  test("stays on record while the installation is written for another reason", () => {
    const other = installed({ ...begun(), status: { helmRelease: { version: 1 } } });
    expect(other.spec.deployOptions?.helm?.atomic).toBe(true);
    expect(recordOf(other)).toBeDefined();
  });

  test.each(["[]", "{", "{}", '"x"'])("%s cannot be asked for", (text) => {
    const annotations = { "fairlead.dev/cni-values-change": text };
    expect(() => requestedChange(cilium({ annotations }))).toThrow(SyntaxError);
  });

  test("names the rollout that asks for it", () => {
    expect(requestedChange(cilium({ annotations: byRollout }))?.rollout).toEqual({ name: "r", uid: "u" });
    // The name alone is of a rollout before, which brought a version.
    const annotations = { ...asked, "fairlead.dev/cni-rollout": "r" };
    expect(requestedChange(cilium({ annotations }))?.rollout).toBeUndefined();
  });
});

describe("what comes next", () => {
  const next = (of: Asked, existing: ApplicationInstallation, isSettled = true) =>
    planValuesStep(cilium(of), existing, isSettled);

  test("nothing, without a change", () => {
    expect(next({}, before)).toEqual({ step: "none" });
    expect(next({ changes: [told("Done", now)] }, before)).toEqual({ step: "none" });
  });

  test("a change begins once nothing else is on its way", () => {
    expect(next({ annotations: asked }, before, false)).toEqual({ step: "none" });
    expect(next({ annotations: asked }, before)).toMatchObject({ step: "begin", request: { change } });
    // The same once more.
    expect(next({ annotations: asked, changes: [told("Done", now)] }, before).step).toBe("begin");
  });

  test("what is written is watched, and not written twice though the annotation is still there", () => {
    expect(next({ annotations: asked }, begun())).toMatchObject({ step: "watch", isTaken: true });
    expect(next({ changes: [told("RollingOut")] }, begun())).toMatchObject({ step: "watch", isTaken: false });
    expect(next({ annotations: asked, changes: [told("Failed", now)] }, begun()).step).toBe("watch");
  });

  test("another one waits for its end", () => {
    const annotations = { "fairlead.dev/cni-values-change": '{"debug":null}' };
    expect(next({ annotations }, begun())).toMatchObject({ step: "watch", isTaken: false });
    expect(next({ annotations: byRollout }, begun())).toMatchObject({ step: "watch", isTaken: false });
  });

  test("done and told, it is no longer on record", () => {
    const step = next({ changes: [told("Done", now)] }, begun());
    if (step.step !== "settle") throw new Error(step.step);
    const after = installed(begun(), step.edit);
    expect(recordOf(after)).toBeUndefined();
    expect(after.metadata.annotations).not.toHaveProperty([valuesChangeRecordAnnotation]);
    expect(after.spec.values).toEqual(begun().spec.values);
  });

  test("failed and told, it is taken back, but for what somebody changed since", () => {
    const edited = begun();
    edited.spec.values = { ...edited.spec.values, debug: { verbose: "kvstore" }, mine: 1 };
    const step = next({ changes: [told("Failed", now)] }, edited);
    if (step.step !== "settle") throw new Error(step.step);
    const { values } = installed(edited, step.edit).spec;
    expect(values).toEqual({ ...before.spec.values, debug: { verbose: "kvstore" }, mine: 1 });
  });

  test("under way by the status, and nothing of it in an installation that is new: it is lost", () => {
    const cluster = cilium({ changes: [told("RollingOut")] });
    expect(isUnaccounted(cluster, before)).toBe(true);
    expect(isUnaccounted(cluster, begun())).toBe(false);
    expect(isUnaccounted(cilium({ annotations: asked, changes: [told("RollingOut")] }), before)).toBe(false);
    expect(planValuesStep(cluster, before, true)).toMatchObject({ step: "lost", change: { state: "RollingOut" } });
  });
});

describe("findings", () => {
  const findings = (patch: object) =>
    editFindings(before, beginChange(before, { change: { ...patch }, digest: "" }, now));

  test("none for what is the user's", () => {
    expect(findings(change)).toEqual([]);
  });

  test.each<[object, string]>([
    [{ cni: { exclusive: true } }, "cni.exclusive: value is immutable: expected false, since other CNI plugins"],
    [{ kubeProxyReplacement: null }, "kubeProxyReplacement: the key cannot be removed"],
    [{ ipam: null }, "ipam.operator.clusterPoolIPv4PodCIDRList: value is immutable"],
  ])("%j names a managed key: it, and why", (patch, text) => {
    const messages = findings({ debug: true, ...patch }).map(({ message }) => message);
    expect(messages).toContainEqual(expect.stringContaining(text));
  });

  test("what is too long to be kept is not replaced", () => {
    const large = withValues({ notes: { text: "x".repeat(200_000) } });
    const edit = beginChange(large, { change: { notes: null }, digest: "" }, now);
    expect(editFindings(large, edit)).toMatchObject([{ message: expect.stringContaining("kept to take it back") }]);
  });
});
