import { applicationState } from "@fairlead/api-client";
import type { ApiApplicationInstallationListItem } from "@fairlead/resources";
import { useQuery } from "@tanstack/react-query";
import { api } from "../app/api.ts";

export type ListedApplication = ApiApplicationInstallationListItem;

const busyMs = 2_000;
const idleMs = 10_000;

export function applicationsKey(project: string, cluster: string): readonly string[] {
  return ["applications", project, cluster];
}

/** By name, kept current: user clusters' applications are in no stream. */
export function useApplications(project: string, cluster: string) {
  return useQuery({
    queryKey: applicationsKey(project, cluster),
    queryFn: () => api.applications(project, cluster),
    refetchInterval: ({ state }) =>
      state.data?.every(({ status }) => applicationState(status) === "Ready") ? idleMs : busyMs,
  });
}
