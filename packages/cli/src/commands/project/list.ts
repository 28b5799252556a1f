import type { ApiProject } from "@fairlead/resources";
import { age } from "../../output/age.ts";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";

export async function listProjects({ api, output }: Session): Promise<void> {
  const projects = await api.projects();
  await output.result(projects, async () => {
    if (projects.length > 0) return output.table(projectColumns(new Date()), projects);
    output.note("No projects. The first cluster brings one along: fairlead cluster create <name>");
    return "";
  });
}

function projectColumns(now: Date): Column<ApiProject>[] {
  return [
    { title: "NAME", value: ({ name }) => name },
    { title: "ID", value: ({ id }) => id },
    {
      title: "STATUS",
      value: ({ status }) => status || "Pending",
      tone: ({ status }) => (status === "Active" ? "good" : "pending"),
    },
    { title: "AGE", value: ({ creationTimestamp }) => age(creationTimestamp, now) },
  ];
}
