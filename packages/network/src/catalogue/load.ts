import { readFileSync } from "node:fs";
import type { Catalogue } from "./catalogue.ts";
import { parseCatalogue } from "./parse.ts";

/** The catalogues that Fairlead ships. */
export const catalogueNames = ["2.20", "2.21", "2.22", "current"] as const;
export type CatalogueName = (typeof catalogueNames)[number];

const loaded = new Map<CatalogueName, Catalogue>();

/** One of Fairlead's own catalogues, read from disk once. A browser takes `parseCatalogue` and the text instead. */
export function loadCatalogue(name: CatalogueName): Catalogue {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const catalogue = parseCatalogue(readFileSync(new URL(`./${name}.yaml`, import.meta.url), "utf8"));
  loaded.set(name, catalogue);
  return catalogue;
}
