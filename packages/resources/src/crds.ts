import { addonResource } from "./addon/addon.ts";
import { addonConfigResource } from "./addon/addon-config.ts";
import { applicationDefinitionResource } from "./application/application-definition.ts";
import { applicationInstallationResource } from "./application/application-installation.ts";
import { clusterResource } from "./cluster/cluster.ts";
import { clusterTemplateResource } from "./cluster/cluster-template.ts";
import { clusterTemplateInstanceResource } from "./cluster/cluster-template-instance.ts";
import { kubermaticConfigurationResource } from "./configuration/kubermatic-configuration.ts";
import { seedResource } from "./configuration/seed.ts";
import type { CustomResourceDefinition } from "./crd/custom-resource.ts";
import { cniRolloutResource } from "./fleet/cni-rollout.ts";
import { groupProjectBindingResource } from "./identity/group-project-binding.ts";
import { projectResource } from "./identity/project.ts";
import { userResource } from "./identity/user.ts";
import { userProjectBindingResource } from "./identity/user-project-binding.ts";
import { machineDeploymentResource } from "./machine/machine-deployment.ts";

/** CustomResourceDefinitions of the management API. */
export function crds(): CustomResourceDefinition[] {
  return [
    addonResource,
    addonConfigResource,
    applicationDefinitionResource,
    clusterResource,
    clusterTemplateResource,
    clusterTemplateInstanceResource,
    groupProjectBindingResource,
    cniRolloutResource,
    kubermaticConfigurationResource,
    projectResource,
    seedResource,
    userResource,
    userProjectBindingResource,
  ].map(({ crd }) => crd);
}

/** CustomResourceDefinitions of every user cluster. */
export function userClusterCrds(): CustomResourceDefinition[] {
  return [applicationInstallationResource, machineDeploymentResource].map(({ crd }) => crd);
}
