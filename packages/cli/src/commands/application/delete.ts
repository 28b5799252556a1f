import { confirm } from "../../confirm.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { locateCluster } from "../locate-cluster.ts";
import { type InstallationChoice, targetInstallation } from "./target.ts";

export interface DeleteOptions extends InstallationChoice {
  yes?: boolean;
}

export async function deleteApplication(session: Session, { args, options }: Call<DeleteOptions>): Promise<void> {
  const { api, output } = session;
  const [text = "", name = ""] = args;
  const target = await locateCluster(session, text, options);
  const found = await targetInstallation(api, target, { name, namespace: options.namespace });
  const cluster = printable(target.cluster.name);
  if (!options.yes) await confirm(`Remove application "${printable(name)}" from cluster "${cluster}"?`, session);
  await api.deleteApplication(target.project, target.cluster.id, found);
  await output.result(found, () => `Application ${printable(name)} is being removed from cluster ${cluster}.\n`);
}
