import { z } from "zod";
import { compareVersions, parseVersion } from "../versions.ts";

const kubernetesMinor = z.string().regex(/^1\.\d+$/, "expected a Kubernetes minor release, like 1.32");

const kubernetesRange = z
  .strictObject({ from: kubernetesMinor, to: kubernetesMinor })
  .refine((range) => compareVersions(range.from, range.to) <= 0, "the range ends before it begins");

export const cniVersion = z.string().refine((text) => parseVersion(text) !== undefined, "expected a version");

export const phase = z.enum(["supported", "deprecated"]);
export const delivery = z.enum(["addon", "application"]);

/** What may be known of a version. */
export const details = {
  kubernetes: kubernetesRange.exactOptional(),
  advisories: z.array(z.string().regex(/^(CVE|GHSA)-[\w-]+$/, "expected a CVE or GHSA identifier")).default([]),
  leastKernel: z
    .string()
    .regex(/^\d+\.\d+(\.\d+)?$/, "expected a Linux version, like 5.10")
    .exactOptional(),
};

const entry = z.strictObject({
  version: cniVersion,
  phase,
  delivery,
  ...details,
});

export const forcedUpgradeSchema = z.strictObject({
  fromKubernetes: kubernetesMinor,
  replaces: z.union([z.strictObject({ exactly: cniVersion }), z.strictObject({ below: cniVersion })]),
  target: z.union([z.literal("latest"), cniVersion]),
});

/** Everything about one CNI type. */
export const pluginSchema = z
  .strictObject({
    defaultVersion: cniVersion,
    versions: z.array(entry).min(1),
    forcedUpgrades: z.array(forcedUpgradeSchema).default([]),
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
    for (const { target, replaces } of value.forcedUpgrades) {
      if (target === "latest") continue;
      if (!seen.has(target)) context.addIssue(`the forced upgrade to ${target} has no such version`);
      const [replaced, least] = "exactly" in replaces ? [replaces.exactly, 1] : [replaces.below, 0];
      if (compareVersions(target, replaced) < least) context.addIssue(`the forced upgrade to ${target} leads back`);
    }
  });
