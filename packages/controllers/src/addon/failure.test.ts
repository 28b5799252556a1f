import { HelmError } from "@fairlead/helm";
import { ApplySetError, ConnectionError, type KubeObject, StatusError } from "@fairlead/kube";
import { describe, expect, test } from "vitest";
import { UnknownAddonError } from "./charts.ts";
import { describeFailure } from "./failure.ts";

const object = (name: string): KubeObject => ({ kind: "ConfigMap", metadata: { name, namespace: "kube-system" } });
const failed = (name: string, action: "apply" | "prune", error: Error) => ({ object: object(name), action, error });
const refusal = new StatusError({ message: "data: Invalid value", reason: "Invalid", code: 422 });
const noAnswer = new ConnectionError("connect ECONNREFUSED");
const schema = "values don't meet the specifications of the schema(s) in the following chart(s)";

describe("describeFailure", () => {
  test.each<[string, unknown, object]>([
    [
      "values",
      new HelmError("values-invalid", `${schema}: multus: at '/multus': got string, want object`, {
        command: "template",
      }),
      {
        reason: "ValuesInvalid",
        message:
          "spec.variables do not fit the add-on's chart, nothing was changed: at '/multus': got string, want object",
        terminal: true,
      },
    ],
    [
      "a chart",
      new HelmError("render-failed", "a.yaml: oh", { command: "template" }),
      { reason: "ChartInvalid", terminal: true },
    ],
    [
      "a name",
      new UnknownAddonError("x", ["b", "a"]),
      { message: 'there is no add-on "x"; there are a, b', terminal: true },
    ],
    ["no connection", noAnswer, { reason: "ClusterUnreachable", terminal: false }],
    [
      "no connection in the midst",
      new ApplySetError([failed("a", "apply", noAnswer)]),
      { reason: "ClusterUnreachable" },
    ],
    [
      "a refusal",
      new ApplySetError([failed("a", "apply", refusal)]),
      {
        reason: "ObjectsRefused",
        message:
          "the cluster's API server refuses one object, all others are applied: ConfigMap kube-system/a: data: Invalid value",
        terminal: false,
      },
    ],
    [
      "many",
      new ApplySetError(["a", "b", "c", "d", "e"].map((name) => failed(name, "apply", refusal))),
      { message: expect.stringMatching(/refuses 5 objects.*ConfigMap kube-system\/c: .*; and 2 more$/) },
    ],
    [
      "a removal",
      new ApplySetError([failed("a", "prune", new Error("timed out waiting for its finalizers"))]),
      {
        reason: "RemovalIncomplete",
        message: "waiting for objects that are to go: ConfigMap kube-system/a: timed out waiting for its finalizers",
      },
    ],
    ["anything else", new Error("oh"), { reason: "ReconcilingError", message: "oh", terminal: false }],
  ])("%s", (_, error, expected) => {
    expect(describeFailure(error)).toMatchObject(expected);
  });
});
