import type { CreateCniRollout } from "@fairlead/resources";
import { usageError } from "../../command-error.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { readValuesFile } from "../values-file.ts";
import type { Wave } from "./command.ts";
import { subjectOf } from "./show.ts";

export interface CreateOptions {
  cni: "canal" | "cilium";
  to?: string;
  /** Name of a file, or `-`. */
  values?: string;
  project?: string[];
  datacenter?: string[];
  label?: Record<string, string>;
  wave?: Wave[];
  maxConcurrent?: number;
  maxFailures?: number;
  paused?: boolean;
}

export async function createRollout(
  { api, output, runtime }: Session,
  { args, options }: Call<CreateOptions>,
): Promise<void> {
  if ((options.to === undefined) === (options.values === undefined)) {
    throw usageError("say either --to, a version, or --values, a file with the Helm values to change");
  }
  const values = options.values === undefined ? undefined : await readValuesFile(options.values, runtime.stdin);
  const rollout = await api.createCniRollout(rolloutRequest(args[0] ?? "", options, values));
  const { name, spec } = rollout;
  const what = spec.version === undefined ? `of ${subjectOf(spec)}` : `to ${subjectOf(spec)}`;
  await output.result(
    rollout,
    () => `Roll-out ${printable(name)} ${what} is ${spec.paused ? "created, and paused" : "begun"}.\n`,
  );
}

/**
 * The body that the options say.
 * @param values the merge patch that `--values` names
 */
export function rolloutRequest(
  name: string,
  options: CreateOptions,
  values?: Record<string, unknown>,
): CreateCniRollout {
  const { cni, to: version, project, datacenter, label, wave, maxConcurrent, maxFailures, paused } = options;
  const selector = {
    ...(project ? { projects: project } : {}),
    ...(datacenter ? { datacenters: datacenter } : {}),
    ...(label ? { matchLabels: label } : {}),
  };
  const spec = {
    cni,
    ...(version === undefined ? {} : { version }),
    ...(values === undefined ? {} : { values }),
    ...(Object.keys(selector).length > 0 ? { selector } : {}),
    ...(wave ? { waves: wave } : {}),
    ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
    ...(paused ? { paused } : {}),
  };
  return { name, spec };
}

export async function pauseRollout({ api, output }: Session, { args }: Call<object>, paused: boolean): Promise<void> {
  const rollout = await api.patchCniRollout(args[0] ?? "", { paused });
  await output.result(rollout, () => `Roll-out ${printable(rollout.name)} ${paused ? "is paused" : "goes on"}.\n`);
}

export async function deleteRollout({ api, output }: Session, { args }: Call<object>): Promise<void> {
  const [name = ""] = args;
  await api.deleteCniRollout(name);
  await output.result({ name }, () => `Roll-out ${printable(name)} is deleted.\n`);
}
