import { expect, test } from "vitest";
import { onTopOf } from "./on-top-of.ts";

const before = "a: 1\nb:\n  c: 2\n  d: [1]\n";

test.each<[string, { mine: string; newer: string; text: string; theirs: string[] }]>([
  [
    "what others have changed comes into the text, whose comments stay",
    {
      mine: "a: 5 # mine\nb:\n  c: 2\n  d: [1]\n",
      newer: "a: 1\nb:\n  c: 3\n  d: [1, 2]\n",
      text: "a: 5 # mine\nb:\n  c: 3\n  d:\n    - 1\n    - 2\n",
      theirs: ["b.c", "b.d"],
    },
  ],
  [
    "of a key that both have changed the user's value holds, and it is named",
    {
      mine: "a: 5\nb:\n  c: 2\n  d: [1]\n",
      newer: "a: 6\nb:\n  c: 2\n  d: [1]\n",
      text: "a: 5\nb:\n  c: 2\n  d: [1]\n",
      theirs: ["a"],
    },
  ],
  [
    "what others have taken away goes, with the map that is left empty",
    { mine: `${before}e: 1\n`, newer: "a: 1\n", text: "a: 1\ne: 1\n", theirs: ["b.c", "b.d"] },
  ],
  [
    "what others have added comes, also where there was no map",
    {
      mine: before,
      newer: `${before}x.y: {z: {deep: true}}\n`,
      text: `a: 1\nb:\n  c: 2\n  d: [ 1 ]\nx.y:\n  z:\n    deep: true\n`,
      theirs: ["x\\.y.z.deep"],
    },
  ],
  [
    "what the user has taken away stays away",
    { mine: "a: 1\n", newer: "a: 1\nb:\n  c: 3\n  d: [1]\n", text: "a: 1\n", theirs: ["b.c"] },
  ],
  [
    "a value that becomes a map is taken over",
    {
      mine: before,
      newer: "a: {b: 1}\nb:\n  c: 2\n  d: [1]\n",
      text: "b:\n  c: 2\n  d: [ 1 ]\na:\n  b: 1\n",
      theirs: ["a", "a.b"],
    },
  ],
  [
    "a text whose keys refer to each other is written out",
    {
      mine: "a: 1\nb: &b\n  c: 2\n  d: [1]\ne: *b\n",
      newer: "a: 1\nb:\n  c: 3\n  d: [1]\n",
      text: "a: 1\nb:\n  c: 3\n  d:\n    - 1\ne:\n  c: 2\n  d:\n    - 1\n",
      theirs: ["b.c"],
    },
  ],
  ["nothing that the text shows", { mine: "a: 2\n", newer: before, text: "a: 2\n", theirs: [] }],
])("%s", (_name, { mine, newer, text, theirs }) => {
  expect(onTopOf(newer, { before, mine })).toEqual({ text, theirs });
});

test("an empty text takes what others have written", () => {
  expect(onTopOf("a: 1\n", { before: "", mine: "" })).toEqual({ text: "a: 1\n", theirs: ["a"] });
});
