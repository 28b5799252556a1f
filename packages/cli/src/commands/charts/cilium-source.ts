import { chartSource } from "@fairlead/admission";
import { ApiClient } from "@fairlead/api-client";
import { ciliumDefinition, helmChart } from "@fairlead/controllers";
import type { OciChart, RegistryAccess, RepositoryChart } from "@fairlead/helm";
import { allowedVersions, type CatalogueName, loadCatalogue } from "@fairlead/network";
import type { ApplicationVersion } from "@fairlead/resources";
import { usageError } from "../../command-error.ts";
import { type Connection, resolveConnection } from "../../connection/connection.ts";
import type { GlobalOptions, Runtime } from "../../session.ts";
import { reaching } from "./registry-access.ts";

export interface SourceFlags extends Pick<GlobalOptions, "data" | "url" | "token"> {
  from?: string;
  catalogue?: CatalogueName;
}

/** A version of Cilium's chart, and where it is. */
export interface CiliumChart {
  version: string;
  /** For people. */
  from: string;
  reference: OciChart | RepositoryChart;
}

interface Surroundings {
  runtime: Runtime;
  access: RegistryAccess;
  signal: AbortSignal;
}

/**
 * The charts of all versions of Cilium that come as application: from where `--from` says, else as the definition `cilium`
 * of the running Fairlead has them, else from the repository that a Fairlead uses whose configuration names none.
 */
export async function ciliumCharts(
  flags: SourceFlags,
  { runtime, access, signal }: Surroundings,
): Promise<CiliumChart[]> {
  if (flags.from !== undefined && !/^(oci|https?):\/\/[^/]/.test(flags.from)) {
    throw usageError(`--from ${flags.from}: expected oci://… or https://…`);
  }
  const connection = flags.from ? undefined : await connectionIfAny(flags, runtime);
  const configured = connection
    ? (await new ApiClient({ ...connection, signal }).applicationDefinition("cilium")).spec.versions
    : shippedVersions("current");
  const versions = flags.catalogue ? chosen(configured, shippedVersions(flags.catalogue)) : configured;
  return versions.flatMap(({ version, template }) => {
    const { helm } = template.source;
    if (!helm) return [];
    const source = flags.from ? { chartName: "cilium", chartVersion: version, url: flags.from } : helm;
    const from = source.url.replace(/\/+$/, "");
    return [{ version, from, reference: helmChart(source, reaching(from, access)) }];
  });
}

/** A server that is named has to answer; one that merely could run here does not have to. */
async function connectionIfAny(flags: SourceFlags, runtime: Runtime): Promise<Connection | undefined> {
  try {
    return await resolveConnection(flags, runtime);
  } catch (error) {
    if (flags.url || flags.data || runtime.env.FAIRLEAD_URL) throw error;
    return undefined;
  }
}

function shippedVersions(catalogue: CatalogueName): ApplicationVersion[] {
  const versions = allowedVersions(loadCatalogue(catalogue), "cilium")
    .filter(({ delivery }) => delivery === "application")
    .map(({ version }) => version);
  return ciliumDefinition(versions, chartSource(undefined)).spec.versions;
}

/** The versions of a catalogue; where a definition has them its source counts. */
function chosen(
  configured: readonly ApplicationVersion[],
  wanted: readonly ApplicationVersion[],
): ApplicationVersion[] {
  return wanted.map((entry) => configured.find(({ version }) => version === entry.version) ?? entry);
}
