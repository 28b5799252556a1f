// Does nothing, and tells how late it was at that: how long any process has to wait for a core of this machine meanwhile.
import { answerParent } from "../answer-parent.ts";
import { stallSinceLast } from "./event-loop-delay.ts";

export interface ToBystander {
  ask: "stall";
}

answerParent(async (_question: ToBystander) => stallSinceLast());
