import type { ApiEvent } from "@fairlead/resources";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { age } from "../../output/age.ts";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";

/** Prints what happened to a cluster, oldest first. */
export async function listEvents({ api, output }: Session, { args, options }: Call<ProjectChoice>): Promise<void> {
  const [text = ""] = args;
  const project = chooseProject(await api.projects(), options.project);
  const cluster = findCluster(project, project ? await api.clusters(project.id) : [], text);
  const events = await api.events(project?.id ?? "", cluster.id);
  await output.result(events, async () => {
    if (events.length > 0) return output.table(eventColumns(new Date()), events);
    output.note("No events: nothing has happened in the last hour.");
    return "";
  });
}

function eventColumns(now: Date): Column<ApiEvent>[] {
  return [
    { title: "AGE", value: ({ lastTimestamp }) => age(lastTimestamp, now) },
    {
      title: "TYPE",
      value: ({ type = "" }) => type,
      tone: ({ type }) => (type === "Warning" ? "bad" : undefined),
    },
    { title: "COUNT", value: ({ count = 1 }) => String(count) },
    { title: "MESSAGE", value: ({ message = "" }) => message },
  ];
}
