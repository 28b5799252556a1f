import { confirm } from "../../confirm.ts";
import type { ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { locateCluster } from "../locate-cluster.ts";

export interface RemoveAddonOptions extends ProjectChoice {
  yes?: boolean;
}

export async function removeAddon(session: Session, { args, options }: Call<RemoveAddonOptions>): Promise<void> {
  const { api, output } = session;
  const [text = "", name = ""] = args;
  const { project, cluster } = await locateCluster(session, text, options);
  const addon = await api.addon({ project, cluster: cluster.id, name });
  const what = `add-on ${printable(addon.name)} from cluster ${printable(cluster.name)}`;
  if (!options.yes) await confirm(`Remove ${what}?`, session);
  await api.deleteAddon({ project, cluster: cluster.id, name });
  await output.result(addon, () => `Removing ${what}.\n`);
}
