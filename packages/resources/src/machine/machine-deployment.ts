import type { KubeObject } from "@fairlead/kube";
import { z } from "zod";
import { ageColumn, defineCustomResource } from "../crd/custom-resource.ts";
import { machineGroup } from "../groups.ts";
import { int32, int64, preserved, stringMap } from "../schema/building-blocks.ts";

const machineDeploymentSpecSchema = z.looseObject({
  replicas: int32().optional().meta({ default: 1 }).describe("Number of nodes."),
  paused: z.boolean().optional(),
  selector: preserved().optional(),
  template: z
    .looseObject({
      metadata: preserved().optional(),
      spec: z
        .looseObject({
          metadata: z.looseObject({ labels: stringMap().optional() }).optional().describe("Of the nodes."),
          taints: z
            .array(z.looseObject({ key: z.string(), value: z.string().optional(), effect: z.string() }))
            .optional(),
          versions: z.looseObject({ kubelet: z.string().optional() }).optional(),
          providerSpec: preserved().optional(),
        })
        .optional(),
    })
    .optional(),
});

const machineDeploymentStatusSchema = z.looseObject({
  observedGeneration: int64().optional(),
  replicas: int32().optional(),
  updatedReplicas: int32().optional(),
  readyReplicas: int32().optional(),
  availableReplicas: int32().optional(),
  unavailableReplicas: int32().optional(),
});

/** A group of equal nodes of a user cluster; lives there, in kube-system. */
export interface MachineDeployment extends KubeObject {
  spec: z.infer<typeof machineDeploymentSpecSchema>;
  status?: z.infer<typeof machineDeploymentStatusSchema>;
}

export const machineDeploymentResource = defineCustomResource<MachineDeployment>({
  group: machineGroup,
  version: "v1alpha1",
  kind: "MachineDeployment",
  plural: "machinedeployments",
  namespaced: true,
  shortNames: ["md"],
  // Groups under k8s.io are protected (KEP-1111); without this annotation the API server refuses the definition.
  annotations: { "api-approved.kubernetes.io": "unapproved, group of the machine controller" },
  description: "A group of equal nodes.",
  schema: z.object({ spec: machineDeploymentSpecSchema, status: machineDeploymentStatusSchema.optional() }),
  statusSubresource: true,
  scale: {
    specReplicasPath: ".spec.replicas",
    statusReplicasPath: ".status.replicas",
    labelSelectorPath: ".status.labelSelector",
  },
  columns: [
    { name: "Replicas", type: "integer", jsonPath: ".spec.replicas" },
    { name: "AvailableReplicas", type: "integer", jsonPath: ".status.availableReplicas" },
    { name: "Kubelet", type: "string", jsonPath: ".spec.template.spec.versions.kubelet" },
    ageColumn,
  ],
});
export const machineDeploymentType = machineDeploymentResource.type;
