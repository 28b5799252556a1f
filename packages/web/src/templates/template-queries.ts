import { useQuery } from "@tanstack/react-query";
import { api } from "../app/api.ts";

export function useTemplates(project: string) {
  return useQuery({ queryKey: ["templates", project], queryFn: () => api.templates(project) });
}

export function instancesKey(project: string, template: string): readonly string[] {
  return ["template-instances", project, template];
}

const busyMs = 1_000;
/** One that is refused is tried again each minute. */
const idleMs = 10_000;

/** The requests for clusters of a template, newest first, kept current. */
export function useInstances(project: string, template: string) {
  return useQuery({
    queryKey: instancesKey(project, template),
    queryFn: () => api.templateInstances(project, template),
    refetchInterval: ({ state }) => {
      const isBusy = state.data?.some(({ spec, status }) => status.created + status.refused < spec.replicas);
      return isBusy ? busyMs : idleMs;
    },
  });
}
