import { expect, test } from "vitest";
import { commitOf } from "./resolve-commit.ts";

const main = "1".repeat(40);
const tag = "2".repeat(40);
const tagged = "3".repeat(40);

test.each([
  ["a branch", `${main}\trefs/heads/main\n`, "refs/heads/main", main],
  ["a light tag", `${main}\trefs/tags/v1\n`, "refs/tags/v1", main],
  [
    "an annotated tag is the commit behind it",
    `${tag}\trefs/tags/v1\n${tagged}\trefs/tags/v1^{}\n`,
    "refs/tags/v1",
    tagged,
  ],
  ["another ref that ends alike", `${main}\trefs/heads/x/refs/heads/main\n`, "refs/heads/main", undefined],
  ["nothing", "", "refs/heads/main", undefined],
])("%s", (_what, output, ref, expected) => {
  expect(commitOf(output, ref)).toBe(expected);
});
