import type { ApiAuditEntry } from "@fairlead/resources";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { age } from "../../output/age.ts";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";

/** Prints who did what to a cluster, newest first. */
export async function listAudit({ api, output }: Session, { args, options }: Call<ProjectChoice>): Promise<void> {
  const [text = ""] = args;
  const project = chooseProject(await api.projects(), options.project);
  const cluster = findCluster(project, project ? await api.clusters(project.id) : [], text);
  const entries = await api.audit(project?.id ?? "", cluster.id);
  await output.result(entries, async () => {
    if (entries.length > 0) return output.table(auditColumns(new Date()), entries);
    output.note("Nobody has changed the cluster, as far as this server's audit log goes back.");
    return "";
  });
}

function auditColumns(now: Date): Column<ApiAuditEntry>[] {
  return [
    { title: "AGE", value: ({ time }) => age(time, now) },
    { title: "USER", value: ({ user = "" }) => user || "nobody" },
    { title: "FROM", value: ({ from = "kubernetes" }) => from },
    {
      title: "STATUS",
      value: ({ status }) => String(status),
      tone: ({ status }) => (status >= 400 ? "bad" : undefined),
    },
    {
      title: "WHAT",
      value: ({ action, path, dryRun }) => `${action.split(" ")[0]} ${path}${dryRun ? " (dry run)" : ""}`,
    },
    { title: "CHANGED", value: ({ before, after }) => Object.keys(after ?? before ?? {}).join(", ") },
  ];
}
