import { readFile } from "node:fs/promises";
import type { ApiCluster, ClusterTemplateRequest } from "@fairlead/resources";
import { CommandError, notFound, usageError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { chooseProject, findCluster, type ProjectChoice } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { Call } from "../client-command.ts";

export interface CreateTemplateOptions extends ProjectChoice {
  scope?: ClusterTemplateRequest["scope"];
  fromCluster?: string;
  nodes?: number;
  file?: string;
}

export async function createTemplate(session: Session, { args, options }: Call<CreateTemplateOptions>): Promise<void> {
  const { api, output } = session;
  const [name] = args;
  if ((options.file === undefined) === (options.fromCluster === undefined)) {
    throw usageError("say what it is to be like: either --from-cluster <cluster> or --file <file>");
  }
  const project = chooseProject(await api.projects(), options.project);
  if (!project) throw notFound("there is no project yet: fairlead project create <name>");
  const model =
    options.file === undefined
      ? fromCluster(findCluster(project, await api.clusters(project.id), options.fromCluster ?? ""))
      : await readTemplate(options.file);
  const request = templateRequest(model, name, options);
  const template = await api.createTemplate(project.id, request);
  await output.result(
    template,
    () => `Template ${printable(template.name)} (${template.id}) is kept, scope ${template.scope}.\n`,
  );
}

type Model = Partial<ClusterTemplateRequest> & Pick<ClusterTemplateRequest, "cluster">;

/** What the cluster is like today; its name and what became of it are its own. */
export function fromCluster({ annotations, labels, spec }: ApiCluster): Model {
  // As `clusterTemplateAnnotation` of @fairlead/resources, whose schemas would cost the command its start time.
  const { "fairlead.dev/cluster-template": _, ...kept } = annotations ?? {};
  return { annotations: kept, cluster: { ...(labels ? { labels } : {}), spec } };
}

/** @throws CommandError if neither the command nor the model says how to call it */
export function templateRequest(
  model: Model,
  name: string | undefined,
  { scope, nodes }: Pick<CreateTemplateOptions, "scope" | "nodes">,
): ClusterTemplateRequest {
  const called = name ?? model.name;
  if (called === undefined) throw usageError("say what to call the template: fairlead template create <name> …");
  return {
    ...model,
    name: called,
    scope: scope ?? model.scope ?? "project",
    ...(nodes === undefined ? {} : { nodeDeployment: { ...model.nodeDeployment, spec: { replicas: nodes } } }),
  };
}

async function readTemplate(file: string): Promise<Model> {
  const { parse } = await import("yaml");
  let document: unknown;
  try {
    document = parse(await readFile(file, "utf8"));
  } catch (cause) {
    const [why] = String(cause instanceof Error ? cause.message : cause).split("\n");
    throw new CommandError(exitCode.usage, `cannot read a template from ${file}: ${why}`, { cause });
  }
  // The server judges the rest.
  if (typeof document === "object" && document !== null && "cluster" in document) return document as Model;
  throw new CommandError(exitCode.usage, `${file} holds no template: expected "cluster" in it, as an export has`);
}
