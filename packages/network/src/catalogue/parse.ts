import { parse as parseYaml } from "yaml";
import { z } from "zod";
import type { Catalogue } from "./catalogue.ts";
import { catalogueFromPlain } from "./plain.ts";
import { pluginSchema } from "./schema.ts";

const catalogueFile = z.strictObject({
  name: z.string().min(1),
  cni: z.strictObject({ canal: pluginSchema, cilium: pluginSchema }),
});

/** The text is no catalogue; `issues` names each place and what was expected there. */
export class CatalogueError extends Error {
  override readonly name = "CatalogueError";
}

/** Reads a catalogue from YAML and checks it. Throws {@link CatalogueError}. */
export function parseCatalogue(yaml: string): Catalogue {
  const file = catalogueFile.safeParse(readYaml(yaml));
  if (!file.success) {
    throw new CatalogueError(`the CNI catalogue is not valid:\n${z.prettifyError(file.error)}`, { cause: file.error });
  }
  return catalogueFromPlain(file.data);
}

function readYaml(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (cause) {
    throw new CatalogueError("the CNI catalogue is not YAML", { cause });
  }
}
