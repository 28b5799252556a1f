// The stand-in as a process of its own: told what to be by its parent, over IPC.
import { answerParent } from "../answer-parent.ts";
import { cpuSeconds } from "../cpu-seconds.ts";
import type { Fault } from "./faults.ts";
import { StandIn, type StandInOptions } from "./server.ts";

export type ToStandIn =
  | { ask: "start"; options: StandInOptions }
  | { ask: "counts" }
  | { ask: "writes" }
  | { ask: "objects"; cluster: string }
  | { ask: "open-watches"; cluster: string }
  | { ask: "fault"; cluster: string; fault: Fault };

let standIn: StandIn | undefined;

answerParent(answer);

async function answer(message: ToStandIn): Promise<unknown> {
  if (message.ask === "start") {
    standIn = await StandIn.start(message.options);
    return { url: standIn.url };
  }
  if (!standIn) throw new Error("not started");
  switch (message.ask) {
    case "counts":
      return { ...standIn.counts(), cpuSeconds: cpuSeconds(), rss: process.memoryUsage.rss() };
    case "writes":
      return standIn.writes();
    case "objects":
      return [...standIn.cluster(message.cluster).all()];
    case "open-watches":
      return standIn.cluster(message.cluster).openWatches;
    case "fault":
      standIn.faults.set(message.cluster, message.fault);
      return {};
  }
}
