import { resolve } from "node:path";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { writePrivateFile } from "../../private-file.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";

export interface KubeconfigOptions extends ProjectChoice {
  out?: string;
}

export async function writeKubeconfig(
  { api, output, runtime }: Session,
  { args, options }: Call<KubeconfigOptions>,
): Promise<void> {
  const [text = ""] = args;
  const project = chooseProject(await api.projects(), options.project);
  const { id } = findCluster(project, project ? await api.clusters(project.id) : [], text);
  const kubeconfig = await api.kubeconfig(project?.id ?? "", id);
  if (options.out === undefined) {
    output.write(kubeconfig);
    return;
  }
  await writePrivateFile(resolve(runtime.cwd, options.out), kubeconfig);
  output.note(`Wrote ${options.out}. Use it with: kubectl --kubeconfig ${options.out} get nodes`);
}
