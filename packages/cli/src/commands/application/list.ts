import { type ApplicationState, applicationReason, applicationState } from "@fairlead/api-client";
import type { ApiApplicationInstallationListItem } from "@fairlead/resources";
import type { ProjectChoice } from "../../find.ts";
import { age } from "../../output/age.ts";
import type { Column, Tone } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { locateCluster } from "../locate-cluster.ts";

const tones: Readonly<Record<ApplicationState, Tone>> = { Ready: "good", Failed: "bad", Pending: "pending" };

export async function listApplications(session: Session, { args, options }: Call<ProjectChoice>): Promise<void> {
  const { api, output } = session;
  const [text = ""] = args;
  const { project, cluster } = await locateCluster(session, text, options);
  const applications = await api.applications(project, cluster.id);
  await output.result(applications, async () => {
    if (applications.length > 0) return output.table(columns(new Date()), applications);
    output.note(`No applications in cluster "${cluster.name}".`);
    return "";
  });
}

function columns(now: Date): Column<ApiApplicationInstallationListItem>[] {
  return [
    { title: "NAME", value: ({ name }) => name },
    { title: "NAMESPACE", value: ({ namespace }) => namespace },
    { title: "APPLICATION", value: ({ spec }) => spec.applicationRef.name },
    { title: "VERSION", value: ({ spec }) => spec.applicationRef.version },
    {
      title: "STATUS",
      value: ({ status }) => applicationState(status),
      tone: ({ status }) => tones[applicationState(status)],
    },
    { title: "AGE", value: ({ creationTimestamp }) => age(creationTimestamp, now) },
    { title: "MESSAGE", value: ({ status }) => applicationReason(status) },
  ];
}
