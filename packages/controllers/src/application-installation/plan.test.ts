import { HelmError } from "@fairlead/helm";
import type {
  ApplicationDefinition,
  ApplicationInstallation,
  ApplicationVersion,
  Cluster,
  HelmSource,
} from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import {
  concernsApplications,
  deploymentOf,
  failurePhase,
  findVersion,
  helmChart,
  intervalMs,
  isWorthRetrying,
  recordedVersion,
  UnusableInstallationError,
  UnusableValuesError,
  valuesFor,
} from "./plan.ts";
import { SourceAccessError } from "./secrets.ts";
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
    expect(findVersion(installation().spec.applicationRef, definition)).toBe(version);
  });
  test("a missing definition is named", () => {
    expect(() => findVersion(installation().spec.applicationRef, undefined)).toThrow(
      /spec\.applicationRef\.name.*"cilium"/,
    );
  });
  test("an unknown version names those that there are", () => {
    expect(() => findVersion({ name: "cilium", version: "v1.13.8" }, definition)).toThrow(
      /"v1\.13\.8": supported values: "1\.13\.8"/,
    );
  });
});

describe("recordedVersion", () => {
  test("is what the status says of the version that is asked for", () => {
    const installed = { ...installation(), status: { applicationVersion: version } };
    expect(recordedVersion(installed)).toBe(version);
    expect(
      recordedVersion({ ...installed, spec: { ...installed.spec, applicationRef: { name: "cilium", version: "2" } } }),
    ).toBeUndefined();
    expect(recordedVersion(installation())).toBeUndefined();
  });
});

describe("helmChart", () => {
  const source = { url: "oci://registry.test/charts/", chartName: "cilium", chartVersion: "1.13.8" };
  const chartDigest = `sha256:${"a".repeat(64)}`;
  test.each<[string, HelmSource, object]>([
    [
      "a registry",
      source,
      { kind: "oci", url: "oci://registry.test/charts/cilium", version: "1.13.8", access: { ca: "c" } },
    ],
    [
      "plain HTTP, only when the definition says so",
      { ...source, plainHTTP: true },
      { access: { ca: "c", plainHttp: true } },
    ],
    ["no verification", { ...source, insecure: true }, { access: { ca: "c", insecureSkipTlsVerify: true } }],
    ["a digest", { ...source, chartDigest }, { digest: chartDigest }],
    [
      "a classic repository",
      { ...source, url: "https://charts.test/" },
      { kind: "repository", url: "https://charts.test", name: "cilium", version: "1.13.8" },
    ],
  ])("%s", (_what, helm, expected) => {
    expect(helmChart(helm, { ca: "c" })).toMatchObject(expected);
  });
});

describe("valuesFor", () => {
  const cluster = {
    metadata: { name: "c" },
    spec: { humanReadableName: "x", version: "1.36.3" },
  } as unknown as Cluster;
  test("come from either field, with references replaced", () => {
    expect(valuesFor(installation({ values: { a: "{{ .Cluster.Name }}" } }), cluster)).toEqual({ a: "c" });
    expect(valuesFor(installation({ valuesBlock: "a: {{ .Cluster.Version }}" }), cluster)).toEqual({ a: "1.36.3" });
  });
  test.each([
    [{ valuesBlock: "- a" }, /expected a YAML object/],
    [{ values: { a: "{{ .Cluster.Address.IP }}" } }, /no such value/],
  ])("%j cannot be used, and trying again does not help", (spec, message) => {
    const use = () => valuesFor(installation(spec), cluster);
    expect(use).toThrow(message);
    expect(use).toThrow(UnusableValuesError);
    expect(isWorthRetrying(new UnusableValuesError(""))).toBe(false);
  });
});

test("of a cluster's changes those count that its applications can refer to", () => {
  const cluster = { metadata: { name: "c" }, spec: { version: "1.36.3" }, status: { address: { port: 1 } } } as Cluster;
  const changed = (changes: object) => concernsApplications({ ...cluster, ...changes }, cluster);
  expect(changed({ metadata: { name: "c", resourceVersion: "2" } })).toBe(false);
  expect(changed({ status: { ...cluster.status, phase: "Running" } })).toBe(false);
  expect(changed({ status: { address: { port: 2 } } })).toBe(true);
  expect(changed({ spec: { ...cluster.spec, pause: true } })).toBe(true);
  expect(concernsApplications(cluster, undefined)).toBe(true);
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
  test("nobody keeps a worker for days, or asks the manager's DNS against the definition's will", () => {
    const options = { helm: { wait: true, timeout: "10000h", enableDNS: true } };
    expect(deploymentOf(installation({ deployOptions: options }), definition)).toMatchObject({
      timeoutMs: 3_600_000,
      enableDns: false,
    });
    const willing = {
      ...definition,
      spec: { ...definition.spec, defaultDeployOptions: { helm: { enableDNS: true } } },
    };
    expect(deploymentOf(installation({ deployOptions: options }), willing).enableDns).toBe(true);
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
  ["1ns", 5_000],
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
    expect(after(new SourceAccessError("no Secret")).ManifestsRetrieved?.message).toBe("no Secret");
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
