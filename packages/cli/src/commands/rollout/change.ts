import type { CreateCniRollout } from "@fairlead/resources";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import type { Wave } from "./command.ts";

export interface CreateOptions {
  cni: "canal" | "cilium";
  to: string;
  project?: string[];
  datacenter?: string[];
  label?: Record<string, string>;
  wave?: Wave[];
  maxConcurrent?: number;
  maxFailures?: number;
  paused?: boolean;
}

export async function createRollout({ api, output }: Session, { args, options }: Call<CreateOptions>): Promise<void> {
  const rollout = await api.createCniRollout(rolloutRequest(args[0] ?? "", options));
  const { name, spec } = rollout;
  await output.result(
    rollout,
    () =>
      `Roll-out ${printable(name)} to ${spec.cni} ${spec.version} is ${spec.paused ? "created, and paused" : "begun"}.\n`,
  );
}

/** The body that the options say. */
export function rolloutRequest(name: string, options: CreateOptions): CreateCniRollout {
  const { cni, to: version, project, datacenter, label, wave, maxConcurrent, maxFailures, paused } = options;
  const selector = {
    ...(project ? { projects: project } : {}),
    ...(datacenter ? { datacenters: datacenter } : {}),
    ...(label ? { matchLabels: label } : {}),
  };
  const spec = {
    cni,
    version,
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
