import type { ApiClusterTemplate } from "@fairlead/resources";
import { chooseProject, type ProjectChoice } from "../../find.ts";
import { age } from "../../output/age.ts";
import { printable } from "../../output/printable.ts";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { findTemplate } from "./find-template.ts";

export async function listTemplates({ api, output }: Session, options: ProjectChoice): Promise<void> {
  const project = chooseProject(await api.projects(), options.project);
  const templates = project ? await api.templates(project.id) : [];
  await output.result(templates, async () => {
    if (templates.length > 0) return output.table(templateColumns(new Date()), templates);
    output.note(
      "No cluster templates. Make one of a cluster: fairlead template create <name> --from-cluster <cluster>",
    );
    return "";
  });
}

export async function getTemplate(session: Session, { args, options }: Call<ProjectChoice>): Promise<void> {
  const [text = ""] = args;
  const { template } = await findTemplate(session, text, options);
  await session.output.result(template, async () => {
    const { stringify } = await import("yaml");
    const { spec, labels } = template.cluster;
    const nodes = template.nodeDeployment.spec.replicas ?? 0;
    const head = `${printable(template.name)} (${template.id}), scope ${template.scope}, nodes ${nodes}\n`;
    return head + printable(stringify({ ...(labels ? { labels } : {}), spec }));
  });
}

function templateColumns(now: Date): Column<ApiClusterTemplate>[] {
  return [
    { title: "NAME", value: ({ name }) => name },
    { title: "ID", value: ({ id }) => id },
    { title: "SCOPE", value: ({ scope }) => scope },
    { title: "VERSION", value: ({ cluster }) => cluster.spec.version ?? "" },
    {
      title: "CNI",
      value: ({ cluster: { spec } }) => [spec.cniPlugin?.type, spec.cniPlugin?.version].filter(Boolean).join(" "),
    },
    { title: "DATACENTER", value: ({ cluster }) => cluster.spec.cloud?.dc ?? "" },
    { title: "NODES", value: ({ nodeDeployment }) => `${nodeDeployment.spec.replicas ?? 0}` },
    { title: "AUTHOR", value: ({ user }) => user ?? "" },
    { title: "AGE", value: ({ creationTimestamp }) => age(creationTimestamp, now) },
  ];
}
