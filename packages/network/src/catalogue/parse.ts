import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { compareVersions, parseVersion } from "../versions.ts";
import { byVersion, type Catalogue, type CniCatalogue, noCni } from "./catalogue.ts";

const kubernetesMinor = z.string().regex(/^1\.\d+$/, "expected a Kubernetes minor release, like 1.32");

const kubernetesRange = z
  .strictObject({ from: kubernetesMinor, to: kubernetesMinor })
  .refine((range) => compareVersions(range.from, range.to) <= 0, "the range ends before it begins");

const cniVersion = z.string().refine((text) => parseVersion(text) !== undefined, "expected a version");

const details = {
  kubernetes: kubernetesRange.exactOptional(),
  advisories: z.array(z.string().regex(/^(CVE|GHSA)-[\w-]+$/, "expected a CVE or GHSA identifier")).default([]),
  leastKernel: z
    .string()
    .regex(/^\d+\.\d+(\.\d+)?$/, "expected a Linux version, like 5.10")
    .exactOptional(),
};

const entry = z.strictObject({
  version: cniVersion,
  phase: z.enum(["supported", "deprecated"]),
  delivery: z.enum(["addon", "application"]),
  ...details,
});

const forcedUpgrade = z.strictObject({
  fromKubernetes: kubernetesMinor,
  replaces: z.union([z.strictObject({ exactly: cniVersion }), z.strictObject({ below: cniVersion })]),
  target: z.union([z.literal("latest"), cniVersion]),
});

const plugin = z
  .strictObject({
    defaultVersion: cniVersion,
    versions: z.array(entry).min(1),
    forcedUpgrades: z.array(forcedUpgrade).default([]),
  })
  .superRefine((value, context) => {
    const seen = new Map<string, string>();
    for (const { version, phase } of value.versions) {
      if (seen.has(version)) context.addIssue(`version ${version} is listed twice`);
      seen.set(version, phase);
    }
    if (seen.get(value.defaultVersion) !== "supported") {
      context.addIssue(`the default ${value.defaultVersion} is not among the supported versions`);
    }
    for (const { target } of value.forcedUpgrades) {
      if (target !== "latest" && !seen.has(target))
        context.addIssue(`the forced upgrade to ${target} has no such version`);
    }
  });

const catalogueFile = z.strictObject({
  name: z.string().min(1),
  cni: z.strictObject({ canal: plugin, cilium: plugin }),
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

function catalogueOf({ defaultVersion, versions, forcedUpgrades }: z.infer<typeof plugin>): CniCatalogue {
  const ordered = versions.toSorted(byVersion);
  return { defaultVersion, forcedUpgrades, versions: new Map(ordered.map((entry) => [entry.version, entry])) };
}
