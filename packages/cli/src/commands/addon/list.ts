import type { ApiAddon } from "@fairlead/resources";
import type { ProjectChoice } from "../../find.ts";
import { age } from "../../output/age.ts";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { locateCluster } from "../locate-cluster.ts";

export async function listAddons(session: Session, { args, options }: Call<ProjectChoice>): Promise<void> {
  const { api, output } = session;
  const { project, cluster } = await locateCluster(session, args[0] ?? "", options);
  const [installed, installable] = await Promise.all([
    api.addons(project, cluster.id),
    api.installableAddons(project, cluster.id),
  ]);
  await output.result({ installed, installable }, async () => {
    output.note(
      installable.length > 0 ? `Can be installed: ${installable.join(", ")}` : "No further add-on fits this cluster.",
    );
    return installed.length > 0 ? output.table(addonColumns(new Date()), installed) : "";
  });
}

function addonColumns(now: Date): Column<ApiAddon>[] {
  return [
    { title: "NAME", value: ({ name }) => name },
    {
      title: "STATUS",
      value: ({ deletionTimestamp, status }) => (deletionTimestamp ? "Removing" : status.phase),
      tone: ({ status }) => (status.phase === "Healthy" ? "good" : status.phase === "Unhealthy" ? "bad" : "pending"),
    },
    { title: "KEPT", value: ({ spec }) => (spec.continuouslyReconcile ? "yes" : "no") },
    { title: "AGE", value: ({ creationTimestamp }) => age(creationTimestamp, now) },
    { title: "MESSAGE", value: ({ status }) => status.message ?? "" },
  ];
}
