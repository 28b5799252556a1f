import { readFile } from "node:fs/promises";
import type { ApiApplicationDefinition, ApplicationInstallationRequest } from "@fairlead/resources";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import type { ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { locateCluster } from "../locate-cluster.ts";
import { waitForApplication } from "./wait.ts";

export interface InstallOptions extends ProjectChoice {
  appVersion?: string;
  name?: string;
  namespace?: string;
  values?: string;
  wait?: boolean;
  timeout: number;
}

export async function installApplication(session: Session, { args, options }: Call<InstallOptions>): Promise<void> {
  const { api, output } = session;
  const [text = "", application = ""] = args;
  const target = await locateCluster(session, text, options);
  const definition = await api.applicationDefinition(application);
  const valuesBlock = options.values === undefined ? undefined : await readValues(options.values);
  const request = installationRequest(definition, options, valuesBlock);
  const created = await api.installApplication(target.project, target.cluster.id, request);
  const done = options.wait
    ? await waitForApplication(session, target, { ...created, timeoutMs: options.timeout })
    : created;
  const { applicationRef } = done.spec;
  await output.result(
    done,
    () =>
      `Application ${printable(applicationRef.name)} ${applicationRef.version} is ${options.wait ? "installed" : "being installed"} as ${printable(done.namespace)}/${printable(done.name)}.\n`,
  );
}

/**
 * What is left out: the last version of the definition, its name, a namespace of that name, the definition's own values.
 * @throws CommandError if the definition has no version
 */
export function installationRequest(
  { name: application, spec }: ApiApplicationDefinition,
  options: Pick<InstallOptions, "appVersion" | "name" | "namespace">,
  valuesBlock: string | undefined,
): ApplicationInstallationRequest {
  const version = options.appVersion ?? spec.versions.at(-1)?.version;
  if (!version) throw new CommandError(exitCode.error, `application "${application}" has no version`);
  const name = options.name ?? application;
  const namespace = options.namespace ?? name;
  return {
    name,
    namespace,
    spec: {
      namespace: { name: namespace, create: true },
      applicationRef: { name: application, version },
      ...valuesOf(spec, valuesBlock),
    },
  };
}

function valuesOf({ defaultValues, defaultValuesBlock }: ApiApplicationDefinition["spec"], valuesBlock?: string) {
  if (valuesBlock !== undefined) return { valuesBlock };
  if (defaultValuesBlock) return { valuesBlock: defaultValuesBlock };
  return defaultValues ? { values: defaultValues } : {};
}

export async function readValues(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw usageError(`--values ${file}: cannot be read: ${cause instanceof Error ? cause.message : ""}`);
  }
}
