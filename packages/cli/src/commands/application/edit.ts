import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiApplicationInstallation } from "@fairlead/resources";
import { CommandError, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";
import { locateCluster } from "../locate-cluster.ts";
import { valuesText } from "./get.ts";
import { readValues } from "./install.ts";
import { type InstallationChoice, targetInstallation } from "./target.ts";

export interface EditOptions extends InstallationChoice {
  appVersion?: string;
  values?: string;
}

/** With options: changes what they say. Without: the values, in an editor. */
export async function editApplication(session: Session, { args, options }: Call<EditOptions>): Promise<void> {
  const { api, output } = session;
  const [text = "", name = ""] = args;
  const target = await locateCluster(session, text, options);
  const found = await targetInstallation(api, target, { name, namespace: options.namespace });
  const before = await api.application(target.project, target.cluster.id, found);
  const edited = await edit(session, before, options);
  if (!edited) {
    await output.result(before, () => `Application ${printable(name)} is left as it is.\n`);
    return;
  }
  const after = await api.updateApplication({ project: target.project, id: target.cluster.id }, edited);
  await output.result(after, () => `Application ${printable(name)} is changed.\n`);
}

async function edit(
  session: Session,
  before: ApiApplicationInstallation,
  { appVersion, values }: EditOptions,
): Promise<ApiApplicationInstallation | undefined> {
  const { spec } = before;
  const text = valuesText(spec);
  const asked = values === undefined ? undefined : await readValues(values);
  const next = asked ?? (appVersion === undefined ? await inEditor(session, text) : text);
  const version = appVersion ?? spec.applicationRef.version;
  if (next === text && version === spec.applicationRef.version) return undefined;
  const { valuesBlock: _, ...rest } = spec;
  const changed = next === text ? { ...spec } : { ...rest, values: {}, valuesBlock: next };
  return { ...before, spec: { ...changed, applicationRef: { ...spec.applicationRef, version } } };
}

/** In a file that only its owner can read: values may hold secrets. */
async function inEditor({ runtime: { env, stdin } }: Session, text: string): Promise<string> {
  const editor = env.VISUAL || env.EDITOR;
  if (!editor) throw usageError("say what to change with --values or --app-version, or set $EDITOR");
  if (!stdin.isTTY) throw usageError("an editor needs a terminal: say what to change with --values or --app-version");
  const directory = await mkdtemp(join(tmpdir(), "fairlead-edit-"));
  const file = join(directory, "values.yaml");
  try {
    await writeFile(file, text, { mode: 0o600 });
    const child = spawn("sh", ["-c", `${editor} "$1"`, "sh", file], { stdio: "inherit" });
    const [code] = await once(child, "close");
    if (code !== 0) throw new CommandError(exitCode.error, `${editor} ended with ${code}: nothing is changed`);
    return await readFile(file, "utf8");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
