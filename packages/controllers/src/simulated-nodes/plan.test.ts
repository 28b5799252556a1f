import { describe, expect, test } from "vitest";
import { type MachineDeploymentView, planNodes, type SimulatedNodeView } from "./plan.ts";

function deployment(name: string, replicas: number, deleting = false): MachineDeploymentView {
  return { metadata: { name, ...(deleting ? { deletionTimestamp: "2026-11-24T00:00:00Z" } : {}) }, spec: { replicas } };
}

function node(name: string, owner: string | undefined, ready = false): SimulatedNodeView {
  return {
    metadata: {
      name,
      labels: owner === undefined ? {} : { "fairlead.dev/simulated": "true", "fairlead.dev/machine-deployment": owner },
    },
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}

const names = (plan: { create: { metadata: { name: string } }[] }) => plan.create.map((entry) => entry.metadata.name);

describe("planNodes", () => {
  test("creates what is missing, labelled as simulated and left to kwok", () => {
    const plan = planNodes([deployment("workers", 2)], []);
    expect(names(plan)).toEqual(["workers-0", "workers-1"]);
    expect(plan.create[0]?.metadata.labels["fairlead.dev/simulated"]).toBe("true");
    expect(plan.create[0]?.metadata.annotations["kwok.x-k8s.io/node"]).toBe("fake");
  });

  test("fills gaps with the lowest free number", () => {
    expect(names(planNodes([deployment("w", 3)], [node("w-0", "w"), node("w-2", "w")]))).toEqual(["w-1"]);
  });

  test("scales down from the highest number, also past nine", () => {
    const nodes = Array.from({ length: 11 }, (_, index) => node(`w-${index}`, "w"));
    expect(planNodes([deployment("w", 9)], nodes).remove).toEqual(["w-9", "w-10"]);
  });

  test("removes the nodes of a deleted deployment, and no node of anybody else", () => {
    const plan = planNodes([deployment("w", 2, true)], [node("w-0", "w"), node("x-0", "x"), node("own", undefined)]);
    expect(plan.remove.sort()).toEqual(["w-0", "x-0"]);
    expect(plan.create).toEqual([]);
  });

  describe("a new kubelet version", () => {
    const upgraded: MachineDeploymentView = {
      metadata: { name: "w" },
      spec: { replicas: 2, template: { spec: { versions: { kubelet: "1.36.3" } } } },
    };
    const at = (name: string, asked: string | undefined, reported: string): SimulatedNodeView => ({
      ...node(name, "w", true),
      metadata: {
        ...node(name, "w").metadata,
        annotations: asked === undefined ? {} : { "fairlead.dev/kubelet-version": asked },
      },
      status: { ...node(name, "w", true).status, nodeInfo: { kubeletVersion: reported } },
    });

    test("is what new nodes begin with", () => {
      const [first] = planNodes([upgraded], []).create;
      expect(first?.metadata.annotations["fairlead.dev/kubelet-version"]).toBe("v1.36.3");
    });
    test.each<[string, SimulatedNodeView[], string[], number]>([
      ["reaches one node first", [at("w-0", "v1.35.4", "v1.35.4"), at("w-1", "v1.35.4", "v1.35.4")], ["w-0"], 0],
      ["waits for that one", [at("w-0", "v1.36.3", "v1.35.4"), at("w-1", "v1.35.4", "v1.35.4")], [], 0],
      ["and then the next", [at("w-0", "v1.36.3", "v1.36.3"), at("w-1", undefined, "v1.35.4")], ["w-1"], 1],
      ["until all have it", [at("w-0", "v1.36.3", "v1.36.3"), at("w-1", "v1.36.3", "v1.36.3")], [], 2],
    ])("%s", (_, nodes, names, updatedReplicas) => {
      const plan = planNodes([upgraded], nodes);
      expect(plan.upgrade).toEqual(names.map((name) => ({ name, kubelet: "v1.36.3" })));
      expect(plan.status.get("w")).toMatchObject({ replicas: 2, updatedReplicas });
    });
    test("that nobody names changes nothing", () => {
      expect(planNodes([deployment("w", 1)], [at("w-0", "v1.35.4", "v1.35.4")]).upgrade).toEqual([]);
    });
  });

  test("counts ready nodes", () => {
    expect(planNodes([deployment("w", 2)], [node("w-0", "w", true), node("w-1", "w")]).status.get("w")).toEqual({
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 1,
      availableReplicas: 1,
      unavailableReplicas: 1,
    });
  });

  test("labels and taints of the template come along, but cannot hide the simulation", () => {
    const plan = planNodes(
      [
        {
          metadata: { name: "w" },
          spec: {
            replicas: 1,
            template: {
              spec: {
                metadata: { labels: { zone: "a", "fairlead.dev/simulated": "false" } },
                taints: [{ key: "k", value: "v", effect: "NoSchedule" }],
              },
            },
          },
        },
      ],
      [],
    );
    expect(plan.create[0]?.metadata.labels).toMatchObject({ zone: "a", "fairlead.dev/simulated": "true" });
    expect(plan.create[0]?.spec.taints).toEqual([{ key: "k", value: "v", effect: "NoSchedule" }]);
  });
});
