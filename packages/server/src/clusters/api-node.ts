import type { Node } from "@fairlead/kube";
import type { ApiNode } from "@fairlead/resources";
import { zeroTime } from "../http/time.ts";

export function toApiNode({ metadata, spec, status }: Node): ApiNode {
  const { name = "", labels = {}, creationTimestamp = zeroTime, deletionTimestamp } = metadata;
  const info = status?.nodeInfo ?? {};
  const [containerRuntime = "", containerRuntimeVersion = ""] = (info.containerRuntimeVersion ?? "").split("://");
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return {
    id: name,
    name,
    creationTimestamp,
    ...(deletionTimestamp ? { deletionTimestamp } : {}),
    spec: {
      cloud: {},
      operatingSystem: {},
      versions: { kubelet: (info.kubeletVersion ?? "").replace(/^v/, "") },
      labels,
      ...(spec?.taints?.length
        ? { taints: spec.taints.map(({ key, value = "", effect }) => ({ key, value, effect })) }
        : {}),
    },
    status: {
      machineName: "",
      capacity: resources(status?.capacity),
      allocatable: resources(status?.allocatable),
      ...(status?.addresses?.length ? { addresses: status.addresses } : {}),
      nodeInfo: {
        kernelVersion: info.kernelVersion ?? "",
        containerRuntime,
        containerRuntimeVersion,
        kubeletVersion: info.kubeletVersion ?? "",
        operatingSystem: info.operatingSystem ?? "",
        architecture: info.architecture ?? "",
      },
      // KKP's own clients know no conditions: to them a node without an error is ready.
      ...(ready?.status === "True"
        ? {}
        : {
            errorReason: ready?.reason ?? "NotReady",
            errorMessage: ready?.message ?? "the node has not reported yet",
          }),
      ...(status?.conditions
        ? {
            conditions: status.conditions.map(({ type, status, reason, message }) => ({
              type,
              status,
              reason,
              message,
            })),
          }
        : {}),
    },
  };
}

function resources(quantities: Record<string, string> = {}): { cpu: string; memory: string } {
  return { cpu: quantities.cpu ?? "", memory: quantities.memory ?? "" };
}
