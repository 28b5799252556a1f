import { allowedVersions, findVersion } from "../../catalogue/catalogue.ts";
import { minorNumber } from "../../versions.ts";
import { field } from "../fields.ts";
import { forbidden, notSupported, type Rule } from "../rule.ts";

const CANAL_DUAL_STACK = minorNumber("v3.22");

/** Which network plugin, in which version. */
export const cniRules: readonly Rule[] = [
  {
    code: "cni-type-unknown",
    fields: [field.cniType],
    summary: "The CNI plugin is canal, cilium or none.",
    check: ({ hasCni, cniType = "" }, { catalogue }) =>
      !hasCni || catalogue.types.has(cniType)
        ? undefined
        : notSupported(field.cniType, cniType, [...catalogue.types.keys()]),
  },
  {
    code: "cni-version-unknown",
    fields: [field.cniVersion],
    summary: "The CNI version is one of the catalogue's, supported or deprecated, written exactly as there.",
    check: ({ cniType, cniVersion = "" }, { catalogue }) => {
      if (cniType === undefined || !catalogue.types.has(cniType)) return undefined;
      if (findVersion(catalogue, cniType, cniVersion) !== undefined) return undefined;
      return notSupported(field.cniVersion, cniVersion, versionNames(catalogue, cniType));
    },
  },
  {
    code: "canal-dual-stack-version",
    fields: [field.cni],
    summary: "Canal carries dual stack from v3.22 on.",
    check: ({ cniType, cniVersion, ipFamily }) => {
      if (cniType !== "canal" || ipFamily !== "IPv4+IPv6" || cniVersion === undefined) return undefined;
      if (!(minorNumber(cniVersion) < CANAL_DUAL_STACK)) return undefined;
      return forbidden(field.cni, { type: cniType, version: cniVersion }, "dual stack needs Canal v3.22 or newer");
    },
  },
];

function versionNames(catalogue: Parameters<typeof allowedVersions>[0], type: string): string[] {
  return allowedVersions(catalogue, type).map((entry) => entry.version);
}
