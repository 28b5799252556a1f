import type { ApiProject, Project } from "@fairlead/resources";
import { zeroTime } from "../http/time.ts";

export function toApiProject({ metadata, spec, status }: Project): ApiProject {
  const { name: id = "", creationTimestamp = zeroTime, deletionTimestamp, labels } = metadata;
  return {
    id,
    name: spec.name,
    creationTimestamp,
    ...(deletionTimestamp ? { deletionTimestamp } : {}),
    status: deletionTimestamp ? "Terminating" : (status?.phase ?? ""),
    ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
  };
}
