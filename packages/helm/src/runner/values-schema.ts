import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { list } from "tar";

const name = "values.schema.json";

/**
 * The schema of a chart's values, as text; undefined if the chart has none.
 * @param path of a chart folder or a package that was checked
 */
export async function readValuesSchema(path: string): Promise<string | undefined> {
  return (await stat(path)).isDirectory() ? fromFolder(path) : fromPackage(path);
}

async function fromFolder(path: string): Promise<string | undefined> {
  try {
    return await readFile(join(path, name), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Those of charts that it depends on lie deeper. */
async function fromPackage(file: string): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  await list({
    file,
    filter: (path) => path.split("/").length === 2 && path.endsWith(`/${name}`),
    onReadEntry: (entry) => entry.on("data", (chunk) => chunks.push(chunk)),
  });
  return chunks.length > 0 ? Buffer.concat(chunks).toString("utf8") : undefined;
}
