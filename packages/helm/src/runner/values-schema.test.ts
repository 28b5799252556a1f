import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readValuesSchema } from "./values-schema.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "schema-"));
  await mkdir(join(directory, "demo", "charts", "other"), { recursive: true });
  await writeFile(join(directory, "demo", "Chart.yaml"), "name: demo");
  await writeFile(join(directory, "demo", "charts", "other", "values.schema.json"), '{"title":"of another"}');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function both(): Promise<(string | undefined)[]> {
  const file = join(directory, "demo.tgz");
  await create({ file, gzip: true, cwd: directory }, ["demo"]);
  return Promise.all([readValuesSchema(join(directory, "demo")), readValuesSchema(file)]);
}

test("is read from a folder and from a package", async () => {
  await writeFile(join(directory, "demo", "values.schema.json"), '{"title":"Grüße"}');
  expect(await both()).toEqual(['{"title":"Grüße"}', '{"title":"Grüße"}']);
});

test("of a chart that it depends on is not its own", async () => {
  expect(await both()).toEqual([undefined, undefined]);
});
