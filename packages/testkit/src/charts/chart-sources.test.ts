import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { addonValues } from "./addon-values.ts";
import { addonCharts, addonDirectory, applicationDirectory, chartVersions } from "./render-chart.ts";

/** What makes a template give another answer for the same values: keys, chance, the clock, the cluster. */
const impure =
  /\{\{[^}]*(?<![\w."-])(gen[A-Z]\w*|rand\w*|uuidv4|bcrypt|htpasswd|now|ago|date\w*|lookup|getHostByName|env|expandenv)\b/;

async function templatesOf(directory: string): Promise<{ file: string; text: string }[]> {
  const files = await readdir(join(directory, "templates"));
  return Promise.all(
    files.map(async (file) => ({ file, text: await readFile(join(directory, "templates", file), "utf8") })),
  );
}

describe("templates", () => {
  it.each(["{{ genCA }}", "{{ $x := genSignedCert 1 }}", "{{ randAlphaNum 5 }}", "{{ now }}", '{{ lookup "v1" }}'])(
    "the lint finds %s",
    (template) => {
      expect(template).toMatch(impure);
    },
  );

  it.each([...addonCharts.map(addonDirectory), applicationDirectory("cilium")])(
    "render the same text for the same values: %s",
    async (directory) => {
      const templates = await templatesOf(directory);
      expect(templates).not.toEqual([]);
      for (const { file, text } of templates) expect(text, file).not.toMatch(impure);
    },
  );
});

describe("add-on charts", () => {
  const shared = ["values.yaml", "values.schema.json", "templates/_fairlead.tpl"];

  it.each(shared)("share %s", async (file) => {
    const texts = await Promise.all(addonCharts.map((chart) => readFile(join(addonDirectory(chart), file), "utf8")));
    expect(new Set(texts)).toHaveLength(1);
  });

  it("take no text whose form the schema leaves open: nothing gets into an object beside its place", async () => {
    const schema = JSON.parse(await readFile(join(addonDirectory("canal"), "values.schema.json"), "utf8"));
    expect(openTexts(schema)).toEqual([]);
    expect(openTexts({ properties: { a: { type: "string" }, b: { enum: ["x"] } } })).toEqual(["/properties/a"]);
  });

  it.each(addonCharts)("%s says so if it reads which cluster it is for", async (chart) => {
    const directory = addonDirectory(chart);
    const { annotations = {} } = parse(await readFile(join(directory, "Chart.yaml"), "utf8"));
    const reads = (await templatesOf(directory)).some(({ text }) => /cluster\.(id|apiServer|tunnel)\b/.test(text));
    expect(annotations["fairlead.dev/reads-identity"]).toBe(reads ? "true" : undefined);
  });

  it("take the document that the tests render with", async () => {
    const defaults = parse(await readFile(join(addonDirectory("canal"), "values.yaml"), "utf8"));
    expect(shapeOf(addonValues())).toEqual(shapeOf(defaults));
  });
});

describe("cilium", () => {
  it("has a folder for the generation of each version", async () => {
    const directory = applicationDirectory("cilium");
    const versions = await chartVersions(directory);
    const generations = await readdir(join(directory, "generations"));
    expect(versions.map(({ version }) => version)).toContain("1.13.8");
    expect(new Set(versions.map(({ generation }) => generation))).toEqual(new Set(generations));
    for (const { version, generation } of versions) {
      expect(generation, version).toBe(version.startsWith("1.13.") ? "1.13" : "1.14");
    }
  });
});

/** Key structure with types in place of values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shapeOf(child)]));
}

/** Where a JSON schema takes any text. */
function openTexts(schema: unknown, at = ""): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const bounds = ["pattern", "enum", "const", "format"];
  const isOpen = "type" in schema && schema.type === "string" && !bounds.some((name) => name in schema);
  const inside = Object.entries(schema).flatMap(([name, part]) => openTexts(part, `${at}/${name}`));
  return [...(isOpen ? [at] : []), ...inside];
}
