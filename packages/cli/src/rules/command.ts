import { type CatalogueName, loadCatalogue } from "@fairlead/network";
import type { Runtime } from "../session.ts";
import { answerLine } from "./answer-line.ts";
import { filterLines } from "./line-filter.ts";

const LONGEST_LINE = 16 * 1024 * 1024;

/** `fairlead rules`: asks the network rules, line by line, until the input ends. */
export async function filterRules({ catalogue: name }: { catalogue: CatalogueName }, runtime: Runtime): Promise<void> {
  const catalogue = loadCatalogue(name);
  await filterLines({
    input: runtime.stdin,
    output: runtime.stdout,
    answer: (line) => answerLine(line, catalogue),
    longest: {
      length: LONGEST_LINE,
      answer: JSON.stringify({ ok: false, error: `the line is longer than ${LONGEST_LINE} characters` }),
    },
  });
}
