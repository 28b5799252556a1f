import {
  type Addon,
  type AddonConfig,
  type ApiAddon,
  type ApiAddonConfig,
  addonEnsureLabel,
  addonResourcesCreated,
} from "@fairlead/resources";
import { zeroTime } from "../http/time.ts";

export function toApiAddon({ metadata, spec, status }: Addon): ApiAddon {
  const { name = "", creationTimestamp = zeroTime, deletionTimestamp, labels, annotations } = metadata;
  return {
    id: name,
    name,
    creationTimestamp,
    ...(deletionTimestamp ? { deletionTimestamp } : {}),
    ...(annotations ? { annotations } : {}),
    spec: {
      ...(spec.variables ? { variables: spec.variables } : {}),
      ...(spec.isDefault ? { isDefault: true } : {}),
      ...(labels?.[addonEnsureLabel] === undefined ? {} : { continuouslyReconcile: true }),
    },
    status: phaseOf(status),
  };
}

function phaseOf(status: Addon["status"]): ApiAddon["status"] {
  const condition = status?.conditions?.[addonResourcesCreated];
  if (!condition) return { phase: "New" };
  const { message } = condition;
  return { phase: condition.status === "True" ? "Healthy" : "Unhealthy", ...(message ? { message } : {}) };
}

export function toApiAddonConfig({ metadata, spec }: AddonConfig): ApiAddonConfig {
  const { name = "", creationTimestamp = zeroTime, deletionTimestamp, annotations } = metadata;
  return {
    id: name,
    name,
    creationTimestamp,
    ...(deletionTimestamp ? { deletionTimestamp } : {}),
    ...(annotations ? { annotations } : {}),
    spec: spec ?? {},
  };
}
