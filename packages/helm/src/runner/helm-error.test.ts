import { describe, expect, test } from "vitest";
import { HelmError, type HelmErrorKind } from "./helm-error.ts";

/** What helm 4.2.3 really wrote. */
const captured: readonly (readonly [HelmErrorKind, string])[] = [
  [
    "chart-not-found",
    'Error: failed to perform "FetchReference" on source: 127.0.0.1:25000/charts/demo:2.0.0: not found',
  ],
  ["chart-not-found", 'Error: path "./nope" not found'],
  [
    "registry-unreachable",
    'Error: failed to perform "FetchReference" on source: Get "http://127.0.0.1:25999/v2/charts/nope/manifests/2.0.0": dial tcp 127.0.0.1:25999: connect: connection refused',
  ],
  [
    "registry-unreachable",
    'Error: failed to perform "FetchReference" on source: Get "http://no.such.host.invalid/v2/charts/nope/manifests/2.0.0": dial tcp: lookup no.such.host.invalid on 10.0.0.53:53: no such host',
  ],
  [
    "registry-unreachable",
    'Error: failed to perform "Exists" on destination: Head "https://127.0.0.1:25000/v2/charts/demo/manifests/sha256:acc0": http: server gave HTTP response to HTTPS client',
  ],
  ["chart-digest-mismatch", "Error: chart reference digest mismatch: sha256:acc0f755 is not sha256:acc0f75a"],
  [
    "values-invalid",
    "Error: values don't meet the specifications of the schema(s) in the following chart(s):\ndemo:\n- at '/data': got number, want string\n",
  ],
  [
    "cluster-unreachable",
    'Error: kubernetes cluster unreachable: Get "https://127.0.0.1:26444/version": dial tcp 127.0.0.1:26444: connect: connection refused',
  ],
  ["unauthorized", "Error: kubernetes cluster unreachable: the server has asked for the client to provide credentials"],
  ["operation-in-progress", "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress"],
  [
    "release-exists",
    'level=ERROR msg="release name check failed" error="cannot reuse a name that is still in use"\nError: INSTALLATION FAILED: release name check failed: cannot reuse a name that is still in use',
  ],
  ["release-not-found", "Error: uninstall: Release not loaded: nope: release: not found"],
  ["release-not-found", 'Error: UPGRADE FAILED: "nope" has no deployed releases'],
  [
    "timeout",
    "Error: INSTALLATION FAILED: resource Deployment/default/r1 not ready. status: InProgress, message: Replicas: 0/1\ncontext deadline exceeded",
  ],
  [
    "timeout",
    'level=WARN msg="upgrade failed" name=r1 error="resource Deployment/default/r1 not ready. status: InProgress, message: Replicas: 0/1\\ncontext deadline exceeded"\nError: UPGRADE FAILED: unable to find a previously successful release when attempting to rollback. original upgrade error: resource Deployment/default/r1 not ready. status: InProgress, message: Replicas: 0/1\ncontext deadline exceeded',
  ],
  [
    "conflict",
    'Error: UPGRADE FAILED: conflict occurred while applying object default/s2 /v1, Kind=ConfigMap: Apply failed with 1 conflict: conflict with "kubectl-patch" using v1: .data.data',
  ],
  [
    "rejected-by-cluster",
    'Error: UPGRADE FAILED: server-side apply failed for object default/s2 apps/v1, Kind=Deployment: Deployment.apps "s2" is invalid: spec.template.spec.containers[0].image: Required value',
  ],
  [
    "rejected-by-cluster",
    'Error: INSTALLATION FAILED: unable to build kubernetes objects from release manifest: resource mapping not found for name: "x" namespace: "" from "": no matches for kind "Foo" in version "foo.io/v1"\nensure CRDs are installed first',
  ],
  ["rejected-by-cluster", 'Error: INSTALLATION FAILED: create: failed to create: namespaces "nons" not found'],
  [
    "render-failed",
    "Error: execution error at (bad/templates/a.yaml:1:3): boom\n\nUse --debug flag to render out invalid YAML\n",
  ],
  ["render-failed", 'Error: parse error at (bad/templates/a.yaml:1): function "nope" not defined'],
  [
    "kubernetes-version-refused",
    "Error: INSTALLATION FAILED: chart requires kubeVersion: >= 1.99.0 which is incompatible with Kubernetes v1.36.3",
  ],
  ["unknown", "Error: something helm has never said before"],
  ["unknown", ""],
];

describe("HelmError", () => {
  test.each(captured)("%s: %s", (kind, stderr) => {
    expect(HelmError.fromStderr("upgrade", stderr).kind).toBe(kind);
  });

  test("the message is one line without helm's decoration", () => {
    const schema = captured.find(([kind]) => kind === "values-invalid")?.[1] ?? "";
    expect(HelmError.fromStderr("install", schema).message).toBe(
      "values don't meet the specifications of the schema(s) in the following chart(s): demo: at '/data': got number, want string",
    );
    const failed =
      "Error: INSTALLATION FAILED: resource Deployment/a not ready. status: InProgress\ncontext deadline exceeded";
    expect(HelmError.fromStderr("install", failed).message).toBe(
      "resource Deployment/a not ready. status: InProgress; context deadline exceeded",
    );
    expect(HelmError.fromStderr("pull", "").message).toBe("helm pull failed without a message");
  });

  test("a long message is cut, the whole stays in stderr", () => {
    const error = HelmError.fromStderr("install", `Error: ${"x".repeat(2_000)}`);
    expect(error.message).toHaveLength(500);
    expect(error.stderr.length).toBeGreaterThan(2_000);
  });

  test("secrets appear nowhere", () => {
    const stderr = 'Error: Get "https://joe:hunter22@host/v2/": Authorization: Basic am9lOmh1bnRlcjIy, got hunter22';
    const error = HelmError.fromStderr("pull", stderr, ["hunter22"]);
    expect(error.message + error.stderr).not.toMatch(/hunter22|am9lOmh1bnRlcjIy|joe/);
    expect(error.message).toContain("host/v2/");
  });
});
