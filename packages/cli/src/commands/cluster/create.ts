import { readFile } from "node:fs/promises";
import type { ApiCluster, ApiProject, CreateClusterRequest } from "@fairlead/resources";
import { CommandError } from "../../command-error.ts";
import { exitCode } from "../../exit-code.ts";
import { chooseProject, findByIdOrName } from "../../find.ts";
import { printable } from "../../output/printable.ts";
import type { Session } from "../../session.ts";
import type { WaitCondition } from "../../wait/observation.ts";
import { waitForCluster } from "../../wait/wait-for-cluster.ts";
import type { Call } from "../client-command.ts";
import { createActiveProject, waitForActive } from "../project/create.ts";
import { addressOf } from "./address.ts";
import {
  type CreateOptions,
  chooseDatacenter,
  chooseVersion,
  createRequest,
  type ResolvedChoices,
} from "./create-request.ts";
import { describeNetwork } from "./describe.ts";

const firstProject = "default";

export async function createCluster(session: Session, { args, options }: Call<CreateOptions>): Promise<void> {
  const { api, output, signal } = session;
  const [name = ""] = args;
  const cniValues = options.cniValues === undefined ? undefined : await readValues(options.cniValues);
  const project = await activeProject(session, options.project);
  const template =
    options.template === undefined
      ? undefined
      : findByIdOrName("template", await api.templates(project.id), options.template);
  const choices = await choosePlace(session, options);
  const request = createRequest(name, options, { ...choices, cniValues, template: template?.id });
  const created = await api.createCluster(project.id, request);
  const address = addressOf(created, options, project.id);
  if (!options.wait) {
    await output.result(created, () => `Cluster ${described(created)} is being created.\n`);
    if (output.format === "table") output.note(`Wait for it with: fairlead cluster wait ${address}`);
    return;
  }
  const begun = Date.now();
  const { cluster = created } = await waitForCluster({
    api,
    projectId: project.id,
    id: created.id,
    name,
    address,
    condition: workingCondition(created, request.nodeDeployment ?? template?.nodeDeployment),
    timeoutMs: options.timeout,
    operation: "creation",
    signal,
    stderr: output.stderr,
  });
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  await output.result(cluster, () => `Cluster ${described(cluster)} is ready after ${seconds} s.\n`);
  if (output.format === "table") {
    output.note(`Use it with: fairlead cluster kubeconfig ${address} --out ${created.id}.kubeconfig`);
  }
}

/** A cluster works when its nodes do, unless they wait for a CNI that its owner brings. */
function workingCondition({ spec }: ApiCluster, nodeDeployment: CreateClusterRequest["nodeDeployment"]): WaitCondition {
  const replicas = nodeDeployment?.spec.replicas ?? 0;
  return replicas > 0 && spec.cniPlugin?.type !== "none" ? "nodes-ready" : "ready";
}

/** What a template says is left to it. */
async function choosePlace(
  { api }: Session,
  { template, datacenter: asked, kubernetesVersion }: CreateOptions,
): Promise<Pick<ResolvedChoices, "datacenter" | "kubernetesVersion">> {
  if (template !== undefined && asked === undefined) return { kubernetesVersion };
  const datacenter = chooseDatacenter(await api.datacenters(), asked);
  if (template !== undefined || kubernetesVersion !== undefined) return { datacenter, kubernetesVersion };
  return { datacenter, kubernetesVersion: chooseVersion(await api.kubernetesVersions(datacenter.spec.provider)) };
}

function described(cluster: ApiCluster): string {
  return `${printable(cluster.name)} (${cluster.id}, ${describeNetwork(cluster)})`;
}

/** The project that was asked for or the only one; the first cluster of all brings its project along. */
async function activeProject(session: Session, asked: string | undefined): Promise<ApiProject> {
  const found = chooseProject(await session.api.projects(), asked);
  if (found) return waitForActive(session, found);
  session.output.note(`There is no project yet: creating project "${firstProject}"`);
  return createActiveProject(session, firstProject);
}

async function readValues(file: string): Promise<object> {
  const { parse } = await import("yaml");
  try {
    const values: unknown = parse(await readFile(file, "utf8"));
    if (typeof values === "object" && values !== null && !Array.isArray(values)) return values;
  } catch (cause) {
    const [why] = String(cause instanceof Error ? cause.message : cause).split("\n");
    throw new CommandError(exitCode.usage, `cannot read Helm values from ${file}: ${why}`, { cause });
  }
  throw new CommandError(exitCode.usage, `${file} holds no Helm values: expected names and values, in YAML or JSON`);
}
