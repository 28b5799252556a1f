import { type Catalogue, supportedVersions } from "@fairlead/network";
import type { ApiCniVersions } from "@fairlead/resources";

/** The supported versions of a CNI, by their text and not by version: KKP's clients sort again and expect nothing else. */
export function cniVersions(catalogue: Catalogue, cniPluginType: string): ApiCniVersions {
  const versions = supportedVersions(catalogue, cniPluginType).map(({ version }) => version);
  return { cniPluginType, versions: versions.sort() };
}
