import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { fairleadGroup } from "../groups.ts";
import { dateTime, int32, int64, preserved, stringMap } from "../schema/building-blocks.ts";

/** Annotation of a Cluster whose CNI a CNIRollout is changing, or has changed: the rollout's name. */
export const cniRolloutAnnotation = "fairlead.dev/cni-rollout";
/** Annotation of a Cluster beside a change of Helm values that a CNIRollout asks for: the rollout's uid. */
export const cniRolloutUidAnnotation = "fairlead.dev/cni-rollout-uid";

const goDuration = () => z.string().regex(/^(\d+(\.\d+)?(ms|s|m|h))+$|^0$/);
const sizePattern = /^(\d+|(100|[1-9]?\d)%)$/;

/** A number of clusters, or a share of all that are selected, rounded up. */
const size = () => z.string().regex(sizePattern).describe('A number of clusters, or a share of all: "5" or "10%".');

const waveSchema = z.object({
  name: z.string().optional(),
  clusters: size(),
  soak: goDuration()
    .optional()
    .describe("How long all of the wave must have been healthy before the next one: a Go duration."),
});

export const cniRolloutSpecSchema = z.object({
  cni: z.enum(["canal", "cilium"]).describe("Only clusters with this CNI are touched."),
  version: z
    .string()
    .min(1)
    .optional()
    .describe("Each cluster gets there by legal steps, one after the other. Either this or values."),
  values: preserved()
    .optional()
    .describe("What to change in the Helm values of a CNI that comes as application: a JSON merge patch (RFC 7396)."),
  selector: z
    .object({
      matchLabels: stringMap().optional().describe("Labels of the Cluster."),
      projects: z.array(z.string()).optional().describe("Ids; absent: all."),
      datacenters: z.array(z.string()).optional().describe("Names; absent: all."),
    })
    .optional(),
  waves: z
    .array(waveSchema)
    .max(50)
    .optional()
    .describe(
      "The first is the canary. What no wave names comes after the last one. Absent: one cluster, a tenth, the rest.",
    ),
  maxConcurrent: int32().min(1).max(1000).optional().describe("Clusters that are changed at once; default 10."),
  maxFailures: int32()
    .min(0)
    .optional()
    .describe("With more clusters than this failed, no further one is begun; default 0."),
  paused: z.boolean().optional().describe("No further cluster is begun. What is under way is finished."),
});

// REST and the CRD refuse the same in the same words.
const eitherVersionOrValues = "expected either spec.version or spec.values, one of them and not both";
const onlyOfApplications =
  "expected spec.version: spec.values changes Helm values, which only cilium has, as an application";

/** Of a new rollout. */
export const newCniRolloutSpecSchema = cniRolloutSpecSchema.superRefine(({ cni, version, values }, context) => {
  const fault = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
  if ((version === undefined) === (values === undefined)) fault([], eitherVersionOrValues);
  else if (values !== undefined && cni !== "cilium") fault(["cni"], onlyOfApplications);
});

export type CniRolloutSpec = z.infer<typeof cniRolloutSpecSchema>;

export const cniRolloutPhases = ["Progressing", "Soaking", "Paused", "Stopped", "Complete"] as const;
export type CniRolloutPhase = (typeof cniRolloutPhases)[number];

const waveStatusSchema = z.object({
  name: z.string(),
  clusters: int32(),
  done: int32(),
  progressing: int32(),
  failed: int32(),
  held: int32().describe("Left alone, as something is in the way of a beginning: they are not healthy, for example."),
  completedAt: dateTime().optional().describe("Since when all are done, and healthy."),
});
export type CniRolloutWaveStatus = z.infer<typeof waveStatusSchema>;

export const cniRolloutStatusSchema = z.object({
  observedGeneration: int64().optional(),
  phase: z.enum(cniRolloutPhases),
  message: z.string(),
  clusters: int32().describe("How many are selected."),
  done: int32(),
  change: z.string().optional().describe('The version, or "values".'),
  version: z.string().optional().describe("What this status speaks of."),
  valuesDigest: z.string().optional().describe("What this status speaks of: of spec.values."),
  waves: z.array(waveStatusSchema),
  problems: z
    .array(z.object({ cluster: z.string(), state: z.enum(["Failed", "Held"]), message: z.string() }))
    .describe("The first of the clusters that failed or are held."),
  startedAt: dateTime(),
  finishedAt: dateTime().optional(),
});
export type CniRolloutStatus = z.infer<typeof cniRolloutStatusSchema>;

/** Changes the CNI of many clusters, its version or its Helm values: a canary first, then in waves. */
export interface CniRollout extends KubeObject {
  spec: CniRolloutSpec;
  status?: CniRolloutStatus;
}

const rules = [
  { rule: "has(self.version) != has(self.values)", message: eitherVersionOrValues },
  { rule: "!has(self.values) || self.cni == 'cilium'", message: onlyOfApplications },
];

export const cniRolloutResource = defineCustomResource<CniRollout>({
  group: fairleadGroup,
  version: "v1alpha1",
  kind: "CNIRollout",
  plural: "cnirollouts",
  namespaced: false,
  statusSubresource: true,
  description: "Changes the CNI of many clusters, its version or its Helm values: a canary first, then in waves.",
  schema: z.object({
    spec: cniRolloutSpecSchema.meta({ "x-kubernetes-validations": rules }),
    status: cniRolloutStatusSchema.optional(),
  }),
  columns: [
    { name: "CNI", type: "string", jsonPath: ".spec.cni" },
    { name: "Change", type: "string", jsonPath: ".status.change" },
    { name: "Phase", type: "string", jsonPath: ".status.phase" },
    { name: "Done", type: "integer", jsonPath: ".status.done" },
    { name: "Clusters", type: "integer", jsonPath: ".status.clusters" },
    ageColumn,
  ],
});
export const cniRolloutType = cniRolloutResource.type;
