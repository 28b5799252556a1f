import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import type { ControlPlaneSpec } from "../../spec.ts";

interface Stage {
  metadata: { name: string };
  spec: {
    selector: { matchExpressions: { jq: { key: string; operator: string; values?: string[] } }[] };
    steps: { patch?: { template: string } }[];
  };
}

const stageFiles = ["nodes.yaml", "pods.yaml"];
const unavailableStageFile = "unavailable-images.yaml";
/** Where a pod's containers are started: not if one of its images cannot be had. */
const runStage = "pod-run";

/**
 * The whole configuration of kwok for one cluster: it has no built-in stages, so what is not said here does not happen.
 * Two facts about the cluster are handed to the templates as variables.
 */
export function kwokConfiguration(spec: Pick<ControlPlaneSpec, "version" | "dualStack" | "unavailableImages">): string {
  const variables = `{{ $kubeletVersion := "v${spec.version}" }}{{ $dualStack := ${spec.dualStack} }}\n`;
  const documents = stageFiles.flatMap(stagesOf);
  if (spec.unavailableImages.length > 0) {
    const [stage] = stagesOf(unavailableStageFile);
    const run = documents.find(({ metadata }) => metadata.name === runStage);
    run?.spec.selector.matchExpressions.push(usesOneOf(spec.unavailableImages, "false"));
    stage?.spec.selector.matchExpressions.push(usesOneOf(spec.unavailableImages, "true"));
    if (stage) documents.push(stage);
  }
  for (const { spec } of documents) {
    for (const { patch } of spec.steps) if (patch) patch.template = variables + patch.template;
  }
  // JSON is YAML: no quoting rules of a second YAML implementation to agree with.
  return documents.map((document) => `---\n${JSON.stringify(document, null, 2)}\n`).join("");
}

function stagesOf(file: string): Stage[] {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  return parseAllDocuments(text).map((document) => document.toJS() as Stage);
}

/** Whether a pod has a container with one of these images. */
function usesOneOf(images: readonly string[], answer: "true" | "false") {
  const key = `[.spec.initContainers[]?.image, .spec.containers[].image] | any(. as $image | ${JSON.stringify(images)} | any(. == $image))`;
  return { jq: { key, operator: "In", values: [answer] } };
}

/**
 * Arguments of kwok. Nodes renew their Leases every five seconds: after a restart kwok takes them over only when they
 * ran out, and the node life cycle controller calls a node unreachable after fifty (forty before Kubernetes 1.32).
 */
export function kwokArguments(options: { kubeconfig: string; configFile: string; podCidr: string }): string[] {
  return [
    `--kubeconfig=${options.kubeconfig}`,
    `--config=${options.configFile}`,
    // Only for nodes without a podCIDR: with Cilium nobody in the API hands them out.
    `--cidr=${options.podCidr}`,
    "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
    "--node-lease-duration-seconds=20",
  ];
}
