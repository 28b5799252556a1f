import { expect, test } from "vitest";
import { planVersion, type VersionInput, versionCondition } from "./kubernetes-version.ts";

const running: VersionInput = {
  wanted: "1.36.3",
  reached: "1.35.4",
  apiserver: "1.35.4",
  refusal: undefined,
  kubelets: ["v1.35.4", "v1.34.0"],
  cniLacks: undefined,
};

test.each<[string, Partial<VersionInput>, string | undefined, string | undefined]>([
  ["a new cluster", { reached: undefined, apiserver: undefined }, "1.36.3", undefined],
  ["one that is where it should be", { reached: "1.36.3", apiserver: "1.36.3" }, "1.36.3", undefined],
  ["one minor release newer", {}, "1.36.3", undefined],
  ["a patch", { wanted: "1.35.9" }, "1.35.9", undefined],
  ["a version without binaries", { refusal: "there are none" }, "1.35.4", "VersionNotAvailable"],
  [
    "a new cluster without binaries",
    { reached: undefined, refusal: "there are none" },
    undefined,
    "VersionNotAvailable",
  ],
  [
    "one that is where it should be, and could not be started anew",
    { wanted: "1.35.4", refusal: "none" },
    "1.35.4",
    undefined,
  ],
  ["an older one", { wanted: "1.34.0" }, "1.35.4", "Downgrade"],
  ["two minor releases newer", { wanted: "1.37.0" }, "1.35.4", "MinorSkipped"],
  ["kubelets that are too old", { kubelets: ["v1.32.9", "v1.35.4"] }, "1.35.4", "KubeletsDoNotFit"],
  ["nodes that have not reported", { kubelets: [""] }, "1.36.3", undefined],
  ["a CNI that is not there yet", { cniLacks: "DaemonSet canal: 1 of 2" }, "1.35.4", "WaitingForCNI"],
  // The API server has been started: there is no way back, whatever happens meanwhile.
  ["half the way", { apiserver: "1.36.3", cniLacks: "x", kubelets: ["v1.30.0"] }, "1.36.3", undefined],
])("%s", (_, change, version, reason) => {
  const plan = planVersion({ ...running, ...change });
  expect([plan.version, plan.obstacle?.reason]).toEqual([version, reason]);
  expect(plan.isWanted).toBe(reason === undefined);
});

test("the condition says what holds it up, how far it is, and that it is there", () => {
  const of = (change: Partial<VersionInput>) => {
    const input = { ...running, ...change };
    return versionCondition(planVersion(input), input);
  };
  expect(of({ kubelets: ["v1.32.9"] })).toEqual({
    status: "False",
    reason: "KubeletsDoNotFit",
    message: "nodes have kubelet v1.32.9, which does not work with Kubernetes 1.36.3: upgrade them first",
  });
  expect(of({})).toMatchObject({
    status: "False",
    reason: "RollingOut",
    message: expect.stringContaining("from 1.35.4 to 1.36.3"),
  });
  expect(of({ reached: undefined })).toMatchObject({ reason: "RollingOut" });
  expect(of({ reached: "1.36.3" })).toEqual({ status: "True", reason: "Reached" });
});
