import { HelmError } from "@fairlead/helm";
import type { ApplicationDefinition, ApplicationInstallation, ApplicationVersion } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { chartOf, deploymentOf, failurePhase, findVersion, intervalMs, UnusableInstallationError } from "./plan.ts";
import { installationConditions } from "./status.ts";

const version: ApplicationVersion = {
  version: "1.13.8",
  template: { source: { helm: { url: "oci://registry.test/charts/", chartName: "cilium", chartVersion: "1.13.8" } } },
};
const definition: ApplicationDefinition = {
  metadata: { name: "cilium" },
  spec: {
    description: "",
    method: "helm",
    versions: [version],
    defaultDeployOptions: { helm: { wait: true, timeout: "3m" } },
  },
};

function installation(spec: Partial<ApplicationInstallation["spec"]> = {}): ApplicationInstallation {
  return {
    metadata: { name: "cilium", namespace: "kube-system" },
    spec: { applicationRef: { name: "cilium", version: "1.13.8" }, namespace: { name: "kube-system" }, ...spec },
  };
}

describe("findVersion", () => {
  test("finds the exact version", () => {
    expect(findVersion(installation(), definition)).toBe(version);
  });
  test("a missing definition is named", () => {
    expect(() => findVersion(installation(), undefined)).toThrow(/spec\.applicationRef\.name.*"cilium"/);
  });
  test("an unknown version names those that there are", () => {
    const other = installation({ applicationRef: { name: "cilium", version: "v1.13.8" } });
    expect(() => findVersion(other, definition)).toThrow(/"v1\.13\.8": supported values: "1\.13\.8"/);
  });
});

describe("chartOf", () => {
  test("joins repository and chart, and says how to reach it", () => {
    expect(chartOf(version, { registryConfig: "{}" })).toEqual({
      kind: "oci",
      url: "oci://registry.test/charts/cilium",
      version: "1.13.8",
      access: { registryConfig: "{}" },
    });
  });
  test("plain HTTP only when the definition says so", () => {
    const plain = structuredClone(version);
    if (plain.template.source.helm) plain.template.source.helm.plainHTTP = true;
    expect(chartOf(plain, {}).access).toEqual({ plainHttp: true });
  });
  test.each<[string, ApplicationVersion["template"]["source"]]>([
    ["an http repository", { helm: { url: "https://charts.test", chartName: "x", chartVersion: "1" } }],
    ["git", { git: { remote: "https://git.test/x.git", ref: { tag: "v1" } } }],
  ])("%s is refused for now", (_what, source) => {
    expect(() => chartOf({ version: "1.0.0", template: { source } }, {})).toThrow(UnusableInstallationError);
  });
});

describe("deploymentOf", () => {
  test("the installation's options win over the definition's as a whole", () => {
    const options = { helm: { wait: false } };
    expect(deploymentOf(installation({ deployOptions: options }), definition)).toEqual({
      wait: "hookOnly",
      timeoutMs: 300_000,
      rollbackOnFailure: false,
      enableDns: false,
    });
  });
  test("the definition's defaults hold where the installation says nothing", () => {
    expect(deploymentOf(installation(), definition)).toMatchObject({ wait: "watcher", timeoutMs: 180_000 });
  });
  test("atomic waits, too", () => {
    const options = { helm: { atomic: true, timeout: "10m0s" } };
    expect(deploymentOf(installation({ deployOptions: options }), definition)).toMatchObject({
      wait: "watcher",
      timeoutMs: 600_000,
      rollbackOnFailure: true,
    });
  });
});

test.each([
  [undefined, undefined],
  ["0", undefined],
  ["0s", undefined],
  ["1h0m0s", 3_600_000],
  ["often", undefined],
])("an interval of %j means %j ms", (reconciliationInterval, expected) => {
  expect(intervalMs(installation({ reconciliationInterval }))).toBe(expected);
});

describe("conditions after a failure", () => {
  const after = (error: unknown) => installationConditions(failurePhase(error), 3);
  test("a chart that cannot be fetched is told apart from an installation that fails", () => {
    const unreachable = new HelmError("registry-unreachable", "no such host", { command: "install" });
    expect(after(unreachable)).toEqual({
      ManifestsRetrieved: {
        status: "False",
        reason: "DownloadSourceFailed",
        message: "no such host",
        observedGeneration: 3,
      },
    });
    const timeout = new HelmError("timeout", "not ready", { command: "install" });
    expect(after(timeout)).toMatchObject({
      ManifestsRetrieved: { status: "True" },
      Ready: { status: "False", reason: "InstallationFailed", message: "not ready" },
    });
  });
  test("an unusable installation is not ready, and nothing is said of its chart", () => {
    const conditions = after(new UnusableInstallationError("no such version"));
    expect(Object.keys(conditions)).toEqual(["Ready"]);
    expect(conditions.Ready).toMatchObject({ status: "False", reason: "ApplicationDefinitionNotFound" });
  });
  test("any other error keeps its words", () => {
    expect(after(new Error("boom")).Ready?.message).toBe("boom");
    expect(after("text").Ready?.message).toBe("text");
  });
});
