import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { byVersion, type Catalogue, type CniCatalogue, noCni } from "./catalogue.ts";
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
  const { name, cni } = file.data;
  return {
    name,
    types: new Map([
      ["canal", catalogueOf(cni.canal)],
      ["cilium", catalogueOf(cni.cilium)],
      ["none", noCni],
    ]),
  };
}

function readYaml(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (cause) {
    throw new CatalogueError("the CNI catalogue is not YAML", { cause });
  }
}

/** Orders the versions of one CNI type. */
export function catalogueOf({ defaultVersion, versions, forcedUpgrades }: z.infer<typeof pluginSchema>): CniCatalogue {
  const ordered = versions.toSorted(byVersion);
  return { defaultVersion, forcedUpgrades, versions: new Map(ordered.map((entry) => [entry.version, entry])) };
}
