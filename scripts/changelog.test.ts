import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** The text of each version, newest first. */
const versions = read("CHANGELOG.md")
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [heading = "", ...lines] = section.split("\n");
    return { version: heading.trim(), text: lines.join("\n") };
  });

test("the newest version of the changelog is the one that is shipped", () => {
  const { version, appVersion } = parse(read("charts/fairlead/Chart.yaml"));
  const { version: program } = JSON.parse(read("package.json"));
  expect([version, appVersion, program]).toEqual(Array(3).fill(versions[0]?.version));
});

test.each(versions)("version $version says what an upgrade to it writes to user clusters", ({ text }) => {
  expect(text).toMatch(/^### Writes to user clusters\n\n\S/m);
});
