import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { exportStatements, quote } from "./quote.ts";

const nasty = [
  "",
  "plain",
  "it's",
  "a b",
  "$HOME `id` $(id)",
  String.raw`back\slash`,
  '"',
  "!!",
  "-n",
  "new\nline",
  "'\\''",
];

function printedByShell(words: readonly string[]): string[] {
  return execFileSync("sh", ["-c", `printf '%s\\0' ${words.join(" ")}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);
}

test("a POSIX shell reads back exactly what was quoted", () => {
  const text = fc.string({ unit: "grapheme" }).filter((candidate) => !candidate.includes("\0"));
  const texts = [...nasty, ...fc.sample(text, 300)];
  expect(printedByShell(texts.map((candidate) => quote(candidate, "bash")))).toEqual(texts);
});

test.each([
  ["it's", String.raw`'it\'s'`],
  [String.raw`back\slash`, String.raw`'back\\slash'`],
  ["$HOME (id)", "'$HOME (id)'"],
])("fish: %s", (text, expected) => {
  expect(quote(text, "fish")).toBe(expected);
});

test("the statements set the variables and put the directory first in PATH", () => {
  const statements = exportStatements({ FAIRLEAD_TOKEN: "it's $HOME" }, "/data dir/bin", "bash");
  const script = `${statements.join("\n")}\nprintf '%s\\n' "$FAIRLEAD_TOKEN" "$PATH"`;
  const printed = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } });
  expect(printed).toBe("it's $HOME\n/data dir/bin:/usr/bin:/bin\n");
});

test("fish keeps PATH a list", () => {
  expect(exportStatements({ A: "b" }, "/bin dir", "fish")).toEqual(["set -gx A 'b'", "set -gx PATH '/bin dir' $PATH"]);
});
