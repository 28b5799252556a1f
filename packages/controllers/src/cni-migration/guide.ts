/**
 * What people are told of a change of the CNI's type, and what is left for them to do. Pure.
 * @module
 */
import type { CniMigrationState, CniMigrationStatus } from "@fairlead/resources";
import type { DeliveredCni } from "../cni-upgrade/delivered.ts";

/** A part of a CNI that can be taken away as a whole. */
export interface Removable {
  /** Of the object. */
  name: string;
  kind: "Addon" | "ApplicationInstallation";
  /** Of the CNI that it belongs to. */
  type: string;
  version?: string | undefined;
  /** The command by which its user removes it. */
  command: string;
}

export interface GuideInput {
  state: CniMigrationState;
  from: string;
  to: string;
  left: readonly Removable[];
  pods: ReadonlyMap<string, number> | undefined;
  delivered: DeliveredCni | undefined;
}

type Guide = Pick<CniMigrationStatus, "message" | "remainingSteps">;

export function guide(input: GuideInput): Guide {
  const { state, from, to, left, delivered } = input;
  switch (state) {
    case "RollingOut":
      return {
        message: `${to} is rolled out beside ${from}: ${delivered?.message ?? "waiting for it"}`,
        remainingSteps: [],
      };
    case "WaitingForUser":
      return {
        message: `${from} stays until your own CNI takes its place`,
        remainingSteps: ["install your CNI", ...left.map(({ type, command }) => `remove ${type}: ${command}`)],
      };
    case "RemovingPrevious":
      return {
        message: `${to} runs; removing ${left.map(({ kind, name }) => `${kind} ${name}`).join(", ")}`,
        remainingSteps: [],
      };
    case "RestartPods":
      return { message: restartMessage(input), remainingSteps: [...nodeSteps(from), ...restartSteps(input)] };
    case "Complete":
      return { message: `no pod of ${from} is left`, remainingSteps: [] };
    default:
      return state satisfies never;
  }
}

function restartMessage({ pods, from, to }: GuideInput): string {
  const name = to === "none" ? "your CNI" : to;
  if (!pods) return `${name} has taken the place of ${from}`;
  const count = [...pods.values()].reduce((sum, each) => sum + each, 0);
  return `${count} ${count === 1 ? "pod is" : "pods are"} from before the change and cannot be reached through ${name}`;
}

function restartSteps({ pods }: GuideInput): string[] {
  return [...(pods ?? [])]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(
      ([namespace, count]) =>
        `restart ${count} ${count === 1 ? "pod" : "pods"} in namespace ${namespace}: kubectl rollout restart deployment,statefulset,daemonset -n ${namespace}`,
    );
}

/** A CNI leaves files and interfaces on the nodes, which only who may log in there, or a reboot, takes away. */
function nodeSteps(from: string): string[] {
  switch (from) {
    case "canal":
      return [
        "on each node: rm -f /etc/cni/net.d/10-canal.conflist /etc/cni/net.d/calico-kubeconfig; ip link delete flannel.1 (iptables rules named cali-* go with a reboot)",
      ];
    case "cilium":
      return [
        "on each node: rm -f /etc/cni/net.d/05-cilium.conf /etc/cni/net.d/05-cilium.conflist; ip link delete cilium_vxlan; ip link delete cilium_host (BPF programs go with a reboot)",
      ];
    default:
      return ["remove your previous CNI from the cluster, and its files from /etc/cni/net.d of each node"];
  }
}
