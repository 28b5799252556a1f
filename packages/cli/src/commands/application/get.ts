import { applicationReason, applicationState } from "@fairlead/api-client";
import type { ApiApplicationInstallation } from "@fairlead/resources";
import { stringify } from "yaml";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { locateCluster } from "../locate-cluster.ts";
import { type InstallationChoice, targetInstallation } from "./target.ts";

export async function getApplication(session: Session, { args, options }: Call<InstallationChoice>): Promise<void> {
  const { api, output } = session;
  const [text = "", name = ""] = args;
  const target = await locateCluster(session, text, options);
  const found = await targetInstallation(api, target, { name, namespace: options.namespace });
  const application = await api.application(target.project, target.cluster.id, found);
  await output.result(application, () => describe(application));
}

function describe({ name, namespace, spec, status }: ApiApplicationInstallation): string {
  const fields: [string, string][] = [
    ["Name", name],
    ["Namespace", namespace],
    ["Application", `${spec.applicationRef.name} ${spec.applicationRef.version}`],
    ["Installed in", spec.namespace.name],
    ["Installed", status.applicationVersion?.version ?? "nothing yet"],
    ["Status", applicationState(status)],
    ["Message", applicationReason(status)],
  ];
  const width = Math.max(...fields.map(([title]) => title.length));
  const lines = fields.map(([title, value]) => `${`${title}:`.padEnd(width + 2)}${printable(value)}\n`).join("");
  return `${lines}\nValues:\n${indent(valuesText(spec))}`;
}

/** As they were written, if they were written as text. */
export function valuesText({ values, valuesBlock }: ApiApplicationInstallation["spec"]): string {
  if (valuesBlock) return valuesBlock;
  return Object.keys(values).length > 0 ? stringify(values, { lineWidth: 0, aliasDuplicateObjects: false }) : "";
}

function indent(text: string): string {
  const lines = text.trimEnd() === "" ? ["none"] : text.trimEnd().split("\n");
  return lines.map((line) => `  ${printable(line)}\n`).join("");
}
