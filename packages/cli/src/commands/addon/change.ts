import type { ApiAddon } from "@fairlead/resources";
import type { ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { locateCluster } from "../locate-cluster.ts";
import { parseVariables } from "./variables.ts";

export interface ChangeAddonOptions extends ProjectChoice {
  set?: string[];
  keep?: boolean;
}

export async function installAddon(session: Session, { args, options }: Call<ChangeAddonOptions>): Promise<void> {
  const [text = "", name = ""] = args;
  const spec = specOf(options);
  const { project, cluster } = await locateCluster(session, text, options);
  const addon = await session.api.createAddon({ project, cluster: cluster.id }, { name, spec });
  await show(session, addon, `is being installed in cluster ${printable(cluster.name)}`);
}

export async function updateAddon(session: Session, { args, options }: Call<ChangeAddonOptions>): Promise<void> {
  const [text = "", name = ""] = args;
  const spec = specOf(options);
  const { project, cluster } = await locateCluster(session, text, options);
  const addon = await session.api.updateAddon({ project, cluster: cluster.id, name }, { spec });
  await show(session, addon, `of cluster ${printable(cluster.name)} is being updated`);
}

function specOf({ set, keep }: ChangeAddonOptions): object {
  return {
    ...(set ? { variables: parseVariables(set) } : {}),
    ...(keep === undefined ? {} : { continuouslyReconcile: keep }),
  };
}

async function show({ output }: Session, addon: ApiAddon, what: string): Promise<void> {
  await output.result(addon, () => `Add-on ${printable(addon.name)} ${what}.\n`);
}
