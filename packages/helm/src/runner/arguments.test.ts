import { describe, expect, test } from "vitest";
import {
  accessFlags,
  type DeployOptions,
  fileFlags,
  installArguments,
  rollbackArguments,
  templateArguments,
  uninstallArguments,
  upgradeArguments,
} from "./arguments.ts";
import type { PreparedChart } from "./prepare-chart.ts";

const chart: PreparedChart = { args: ["oci://127.0.0.1:5000/charts/cilium:1.13.8"] };
const deploy: DeployOptions = { wait: "watcher", timeoutMs: 600_000, serverSide: true, rollbackOnFailure: true };

describe("arguments of helm", () => {
  test("install states wait, roll-back and server-side apply", () => {
    expect(installArguments("kube-system-cilium", chart, deploy)).toEqual([
      "install",
      "kube-system-cilium",
      "oci://127.0.0.1:5000/charts/cilium:1.13.8",
      "--wait=watcher",
      "--timeout=600000ms",
      "--server-side=true",
      "--rollback-on-failure=true",
      "--hide-notes",
    ]);
  });

  test("what is off is said too", () => {
    const off: DeployOptions = { wait: "hookOnly", timeoutMs: 1_000, serverSide: false, rollbackOnFailure: false };
    expect(installArguments("x", chart, off)).toEqual(
      expect.arrayContaining(["--wait=hookOnly", "--server-side=false", "--rollback-on-failure=false"]),
    );
  });

  test("upgrade resets values and bounds the history", () => {
    const args = upgradeArguments("x", chart, {
      ...deploy,
      historyMax: 5,
      forceConflicts: true,
      createNamespace: true,
      labels: { "fairlead.dev/a": "1", b: "2" },
    });
    expect(args).toEqual(expect.arrayContaining(["--reset-values", "--history-max=5", "--force-conflicts"]));
    expect(args).toEqual(expect.arrayContaining(["--labels=fairlead.dev/a=1", "--labels=b=2"]));
    expect(args.join(" ")).not.toContain("reuse-values");
  });

  test("rollback and uninstall", () => {
    const change = { wait: "hookOnly", timeoutMs: 5_000, serverSide: true } as const;
    expect(rollbackArguments("x", { ...change, revision: 3, historyMax: 5 })).toEqual([
      "rollback",
      "x",
      "3",
      "--wait=hookOnly",
      "--timeout=5000ms",
      "--server-side=true",
      "--history-max=5",
    ]);
    expect(uninstallArguments("x", { wait: "watcher", timeoutMs: 5_000 })).toEqual([
      "uninstall",
      "x",
      "--ignore-not-found",
      "--wait=watcher",
      "--timeout=5000ms",
    ]);
  });

  test("template reaches no cluster and takes capabilities", () => {
    const args = templateArguments(
      "x",
      { args: ["/charts/a"] },
      {
        namespace: "kube-system",
        kubeVersion: "v1.36.3",
        apiVersions: ["a/v1", "b/v1"],
        includeCrds: true,
      },
    );
    expect(args.slice(0, 3)).toEqual(["template", "x", "/charts/a"]);
    expect(args).toEqual(
      expect.arrayContaining(["--dry-run=client", "--api-versions=a/v1", "--api-versions=b/v1", "--include-crds"]),
    );
  });

  test("files and access", () => {
    expect(fileFlags({ values: "/v", kubeconfig: "/k", ca: "/c", registryConfig: "/r" })).toEqual([
      "--kubeconfig=/k",
      "--values=/v",
      "--ca-file=/c",
      "--registry-config=/r",
    ]);
    expect(fileFlags({})).toEqual([]);
    expect(accessFlags({ plainHttp: true })).toEqual(["--plain-http"]);
    expect(accessFlags(undefined)).toEqual([]);
  });
});
