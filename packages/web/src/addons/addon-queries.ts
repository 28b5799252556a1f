import type { ApiAddon, ApiAddonConfig } from "@fairlead/resources";
import type { LabelProps } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { api } from "../app/api.ts";

export interface OfferedAddon {
  config: ApiAddonConfig;
  addon: ApiAddon | undefined;
}

export type AddonState = "NotInstalled" | "Removing" | ApiAddon["status"]["phase"];

export const stateLooks: Record<AddonState, LabelProps["status"]> = {
  NotInstalled: undefined,
  New: "info",
  Healthy: "success",
  Unhealthy: "danger",
  Removing: "warning",
};

export function addonState(addon: ApiAddon | undefined): AddonState {
  if (!addon) return "NotInstalled";
  return addon.deletionTimestamp ? "Removing" : addon.status.phase;
}

export function addonsKey(project: string, cluster: string): readonly string[] {
  return ["addons", project, cluster];
}

const busyMs = 1_000;
const idleMs = 10_000;

/** What users may install, with what is installed, kept current. One without an AddonConfig has its name alone. */
export function useAddons(project: string, cluster: string) {
  return useQuery({
    queryKey: addonsKey(project, cluster),
    queryFn: async (): Promise<OfferedAddon[]> => {
      const [names, configs, addons] = await Promise.all([
        api.accessibleAddons(),
        api.addonConfigs(),
        api.addons(project, cluster),
      ]);
      return names.map((name) => ({
        config: configs.find(({ id }) => id === name) ?? { id: name, name, creationTimestamp: "", spec: {} },
        addon: addons.find(({ id }) => id === name),
      }));
    },
    refetchInterval: ({ state }) =>
      state.data?.every(({ addon }) => ["NotInstalled", "Healthy"].includes(addonState(addon))) ? idleMs : busyMs,
  });
}
