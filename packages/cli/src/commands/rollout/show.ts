import type { ApiCniRollout } from "@fairlead/resources";
import { age } from "../../output/age.ts";
import { printable } from "../../output/printable.ts";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";

export async function listRollouts({ api, output }: Session): Promise<void> {
  const rollouts = await api.cniRollouts();
  await output.result(rollouts, async () => {
    if (rollouts.length > 0) return output.table(rolloutColumns(new Date()), rollouts);
    output.note("No roll-outs.");
    return "";
  });
}

export async function showRollout({ api, output }: Session, { args }: Call<object>): Promise<void> {
  const rollout = await api.cniRollout(args[0] ?? "");
  const { status } = rollout;
  await output.result(rollout, async () => {
    if (!status) return "It has not been looked at yet.\n";
    const waves = await output.table(waveColumns, status.waves);
    const problems = status.problems.map(
      ({ cluster, state, message }) => `  ${printable(cluster)}  ${state}: ${printable(message)}`,
    );
    const list = problems.length > 0 ? `\n${problems.join("\n")}\n` : "";
    const changed = rollout.spec.values
      ? `\n${rollout.spec.cni} values: ${printable(JSON.stringify(rollout.spec.values))}\n`
      : "";
    return `${status.phase}: ${printable(status.message)}\n${changed}\n${waves}${list}`;
  });
}

/** What a roll-out brings: `cilium 1.19.4`, `cilium values`. */
export function subjectOf({ cni, version }: ApiCniRollout["spec"]): string {
  return `${cni} ${version ?? "values"}`;
}

type Wave = NonNullable<ApiCniRollout["status"]>["waves"][number];

const waveColumns: Column<Wave>[] = [
  { title: "WAVE", value: ({ name }) => name },
  { title: "CLUSTERS", value: ({ clusters }) => `${clusters}` },
  { title: "DONE", value: ({ done }) => `${done}` },
  { title: "UNDER WAY", value: ({ progressing }) => `${progressing}` },
  { title: "FAILED", value: ({ failed }) => `${failed}` },
  { title: "HELD", value: ({ held }) => `${held}` },
  { title: "COMPLETE", value: ({ completedAt }) => completedAt ?? "" },
];

function rolloutColumns(now: Date): Column<ApiCniRollout>[] {
  return [
    { title: "NAME", value: ({ name }) => name },
    { title: "CNI", value: ({ spec }) => subjectOf(spec) },
    { title: "PHASE", value: ({ status }) => status?.phase ?? "Pending" },
    { title: "DONE", value: ({ status }) => (status ? `${status.done}/${status.clusters}` : "") },
    { title: "AGE", value: ({ creationTimestamp }) => age(creationTimestamp, now) },
  ];
}
