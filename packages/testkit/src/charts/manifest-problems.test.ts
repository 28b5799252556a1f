import { describe, expect, it } from "vitest";
import { manifestProblems } from "./manifest-problems.ts";
import type { RenderedObject } from "./rendered-object.ts";

const account: RenderedObject = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "agent" } };

function daemonSet(): RenderedObject {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "agent" },
    spec: {
      updateStrategy: { type: "RollingUpdate" },
      template: {
        spec: {
          priorityClassName: "system-node-critical",
          serviceAccountName: "agent",
          securityContext: { seccompProfile: { type: "RuntimeDefault" } },
          tolerations: [{ operator: "Exists" }],
          containers: [
            {
              name: "agent",
              image: "quay.io/example/agent:v1",
              resources: { requests: { cpu: "1m", memory: "1Mi" } },
              securityContext: { capabilities: { drop: ["ALL"] } },
              livenessProbe: {},
            },
          ],
        },
      },
    },
  };
}

describe("manifestProblems", () => {
  it("is silent about a complete workload", () => {
    expect(manifestProblems([account, daemonSet()])).toEqual([]);
  });

  it("names everything that an empty workload lacks", () => {
    const object = daemonSet();
    object.spec = { template: { spec: { containers: [{ name: "agent", image: "agent" }], volumes: [] } } };
    expect(manifestProblems([object])).toEqual([
      "DaemonSet/agent: no service account",
      "DaemonSet/agent: no system priority class",
      "DaemonSet/agent: no tolerations",
      "DaemonSet/agent: seccomp is not RuntimeDefault",
      "DaemonSet/agent: agent: no resource requests",
      "DaemonSet/agent: agent: image agent has no registry or tag",
      "DaemonSet/agent: agent: keeps capabilities",
      "DaemonSet/agent: agent: no liveness probe",
      "DaemonSet/agent: no updateStrategy",
    ]);
  });

  it("finds references that lead nowhere", () => {
    const object = daemonSet();
    const pod = object.spec?.template?.spec;
    if (pod?.containers[0]) {
      pod.volumes = [{ name: "config", configMap: { name: "settings" } }];
      pod.containers[0].volumeMounts = [{ name: "other", mountPath: "/x" }];
    }
    const binding: RenderedObject = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "agent" },
      roleRef: { kind: "ClusterRole", name: "reader" },
      subjects: [{ kind: "ServiceAccount", name: "nobody" }],
    };
    expect(manifestProblems([object, binding])).toEqual([
      "DaemonSet/agent: agent: mounts unknown volume other",
      "DaemonSet/agent: mounts a ConfigMap, but has no annotation checksum/config",
      "DaemonSet/agent: no ServiceAccount/agent",
      "DaemonSet/agent: no ConfigMap/settings",
      "ClusterRoleBinding/agent: no ClusterRole/reader",
      "ClusterRoleBinding/agent: no ServiceAccount/nobody",
    ]);
  });

  it("refuses wildcards and empty rules", () => {
    const role: RenderedObject = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "reader" },
      rules: [
        { apiGroups: [""], resources: ["pods"], verbs: ["*"] },
        { apiGroups: [""], resources: [], verbs: ["get"] },
      ],
    };
    expect(manifestProblems([role])).toEqual(["ClusterRole/reader: wildcard", "ClusterRole/reader: empty rule"]);
  });
});
