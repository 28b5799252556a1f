import {
  byVersion,
  type Catalogue,
  type CniCatalogue,
  type CniVersion,
  type ForcedUpgrade,
  noCni,
} from "./catalogue.ts";

/** Everything about one CNI type, as JSON. */
export interface PlainPlugin {
  readonly defaultVersion: string;
  readonly versions: readonly CniVersion[];
  readonly forcedUpgrades: readonly ForcedUpgrade[];
}

/** A catalogue as JSON, in the form of its file. */
export interface PlainCatalogue {
  readonly name: string;
  readonly cni: { readonly canal: PlainPlugin; readonly cilium: PlainPlugin };
}

/** A catalogue in a form that can be sent; {@link catalogueFromPlain} is the way back. */
export function plainCatalogue({ name, types }: Catalogue): PlainCatalogue {
  return { name, cni: { canal: plainPlugin(types.get("canal")), cilium: plainPlugin(types.get("cilium")) } };
}

function plainPlugin({ defaultVersion, versions, forcedUpgrades }: CniCatalogue = noCni): PlainPlugin {
  return { defaultVersion, versions: [...versions.values()], forcedUpgrades };
}

/** Takes what has been checked before: what {@link plainCatalogue} gave, or a file that was parsed. */
export function catalogueFromPlain({ name, cni }: PlainCatalogue): Catalogue {
  return {
    name,
    types: new Map([
      ["canal", catalogueOf(cni.canal)],
      ["cilium", catalogueOf(cni.cilium)],
      ["none", noCni],
    ]),
  };
}

/** Orders the versions of one CNI type. */
export function catalogueOf({ defaultVersion, versions, forcedUpgrades }: PlainPlugin): CniCatalogue {
  const ordered = versions.toSorted(byVersion);
  return { defaultVersion, forcedUpgrades, versions: new Map(ordered.map((entry) => [entry.version, entry])) };
}
