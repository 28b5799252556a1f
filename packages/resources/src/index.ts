export { type Addon, addonEnsureLabel, addonResourcesCreated, addonType } from "./addon/addon.ts";
export { type AddonConfig, addonConfigType } from "./addon/addon-config.ts";
export { type CniRollOut, cniRollOutAnnotation, parseCniRollOut } from "./addon/cni-roll-out.ts";
export { shippedAddonConfigs } from "./addon/shipped-addon-configs.ts";
export { type ApplicationDefinition, applicationDefinitionType } from "./application/application-definition.ts";
export {
  type ApplicationInstallation,
  applicationInstallationType,
  applicationManagedByLabel,
  applicationManagedByValue,
  applicationTypeCni,
  applicationTypeLabel,
} from "./application/application-installation.ts";
export type {
  ApplicationVersion,
  DeployOptions,
  GitSource,
  HelmCredentials,
  HelmSource,
} from "./application/application-source.ts";
export { goDurationMs } from "./application/go-duration.ts";
export {
  type HelmValues,
  helmValues,
  isBlank,
  parseValuesBlock,
  ValuesBlockError,
  type ValuesFields,
} from "./application/values.ts";
export {
  type Cloud,
  type CloudProvider,
  cloudProviders,
  type NodePortRangeProvider,
  nodePortRangeProviders,
} from "./cluster/cloud.ts";
export {
  type Cluster,
  clusterNamespace,
  clusterTemplateAnnotation,
  clusterType,
  controlPlaneFinalizer,
  initialApplicationsAnnotation,
  initialCniValuesAnnotation,
  initialCniValuesLayerAnnotation,
  initialMachineDeploymentAnnotation,
  projectLabel,
  reachedVersion,
  traceAnnotation,
  unsafeCniMigrationLabel,
  unsafeCniUpgradeLabel,
} from "./cluster/cluster.ts";
export {
  type ClusterNetwork,
  type CniPlugin,
  cniPluginTypes,
  ipFamilies,
  type NetworkRanges,
  proxyModes,
} from "./cluster/cluster-network.ts";
export {
  type ClusterOwner,
  clusterOwnerAnnotation,
  formatClusterOwner,
  parseClusterOwner,
} from "./cluster/cluster-owner.ts";
export { type ClusterSpec, clusterSpecSchema } from "./cluster/cluster-spec.ts";
export type { ClusterAddress, ClusterStatus, ExtendedHealth, HealthStatus } from "./cluster/cluster-status.ts";
export {
  type ClusterTemplate,
  clusterTemplateType,
  type TemplateScope,
  templateScopeLabel,
  templateScopes,
  templateUserAnnotation,
} from "./cluster/cluster-template.ts";
export {
  type ClusterTemplateInstance,
  clusterTemplateInstanceType,
  type InstantiatedCluster,
  templateInstanceLabel,
} from "./cluster/cluster-template-instance.ts";
export {
  type CniInPlace,
  type CniMigrationState,
  type CniMigrationStatus,
  cniInPlaceSchema,
  cniMigrationStatusSchema,
} from "./cluster/cni-migration.ts";
export {
  type CniUpgradeState,
  type CniUpgradeStatus,
  cniHandOverAnnotation,
  cniRolloutTimeoutAnnotation,
  cniTargetVersionAnnotation,
  cniUpgradePausedAnnotation,
  cniUpgradeStates,
  cniUpgradeStatusSchema,
} from "./cluster/cni-upgrade.ts";
export {
  type CniValuesChangeStatus,
  cniValuesChangeAnnotation,
  cniValuesChangesKept,
} from "./cluster/cni-values-change.ts";
export type { ComponentSettings } from "./cluster/components.ts";
export {
  type Datacenter,
  type DatacenterSpec,
  datacenterIPv6Flag,
  datacenterProvider,
  datacenterRegion,
} from "./configuration/datacenter.ts";
export {
  installationNamespace,
  type KubermaticConfiguration,
  type KubermaticConfigurationSpec,
  kubermaticConfigurationType,
} from "./configuration/kubermatic-configuration.ts";
export { type Seed, type SeedSpec, seedType } from "./configuration/seed.ts";
export type { CustomResourceDefinition } from "./crd/custom-resource.ts";
export { type StructuralSchema, structuralSchema } from "./crd/structural-schema.ts";
export { unknownFields } from "./crd/unknown-fields.ts";
export { crds, userClusterCrds } from "./crds.ts";
export {
  type CniRollout,
  type CniRolloutPhase,
  type CniRolloutSpec,
  type CniRolloutStatus,
  type CniRolloutWaveStatus,
  cniRolloutAnnotation,
  cniRolloutType,
  cniRolloutUidAnnotation,
} from "./fleet/cni-rollout.ts";
export { applicationsGroup, fairleadGroup, kubermaticGroup, machineGroup } from "./groups.ts";
export { type GroupProjectBinding, groupProjectBindingType } from "./identity/group-project-binding.ts";
export { type Project, projectType } from "./identity/project.ts";
export {
  bindingGroup,
  type ProjectRole,
  projectRoles,
  roleOfGroup,
  serviceAccountPrefix,
} from "./identity/project-role.ts";
export { type User, userType } from "./identity/user.ts";
export { type UserProjectBinding, userProjectBindingType } from "./identity/user-project-binding.ts";
export { type MachineDeployment, machineDeploymentType } from "./machine/machine-deployment.ts";
export {
  type ApiAddon,
  type ApiAddonConfig,
  apiAddonConfigSchema,
  apiAddonSchema,
  type CreateAddonRequest,
  createAddonRequestSchema,
  patchAddonRequestSchema,
} from "./rest/api-addon.ts";
export {
  type ApiApplicationDefinition,
  type ApiApplicationDefinitionListItem,
  type ApiApplicationInstallation,
  type ApiApplicationInstallationListItem,
  type ApplicationDefinitionRequest,
  type ApplicationInstallationRequest,
  apiApplicationDefinitionListItemSchema,
  apiApplicationDefinitionSchema,
  apiApplicationInstallationListItemSchema,
  apiApplicationInstallationSchema,
  applicationDefinitionObjectSchema,
  applicationDefinitionRequestSchema,
  applicationInstallationRequestSchema,
} from "./rest/api-application.ts";
export {
  type ApiApplicationValue,
  type ApiApplicationValues,
  type ApiApplicationValuesPreview,
  type ApiValuesSchema,
  apiApplicationValuesPreviewSchema,
  apiApplicationValuesSchema,
  apiValuesSchemaSchema,
  applicationValuesRequestSchema,
} from "./rest/api-application-values.ts";
export { type ApiAuditEntry, apiAuditEntrySchema, type NetworkFields, networkFieldNames } from "./rest/api-audit.ts";
export {
  type ApiCniCatalogue,
  type ApiCniVersions,
  type ApiDatacenter,
  type ApiMasterVersion,
  type ApiNetworkDefaults,
  type ApiRuleContext,
  apiCniCatalogueSchema,
  apiCniVersionsSchema,
  apiDatacenterSchema,
  apiMasterVersionSchema,
  apiNetworkDefaultsSchema,
  apiRuleContextSchema,
} from "./rest/api-catalogue.ts";
export {
  type ApiCluster,
  type ApiClusterSpec,
  apiClusterSchema,
  apiClusterSpecSchema,
  type CreateClusterRequest,
  createClusterRequestSchema,
  patchClusterRequestSchema,
} from "./rest/api-cluster.ts";
export { type ApiClusterHealth, type ApiHealthStatus, apiClusterHealthSchema } from "./rest/api-cluster-health.ts";
export {
  type ApiClusterTemplate,
  type ApiTemplateInstance,
  apiClusterTemplateSchema,
  apiTemplateInstanceSchema,
  type ClusterTemplateRequest,
  clusterTemplateRequestSchema,
  createTemplateInstanceRequestSchema,
} from "./rest/api-cluster-template.ts";
export {
  type ApiCniRollout,
  apiCniRolloutSchema,
  type CniRolloutPatch,
  type CreateCniRollout,
  cniRolloutPatchSchema,
  createCniRolloutSchema,
} from "./rest/api-cni-rollout.ts";
export {
  type ApiCniNode,
  type ApiCniUpgrade,
  apiCniUpgradeSchema,
  cniUpgradePatchSchema,
  cniUpgradeRequestSchema,
} from "./rest/api-cni-upgrade.ts";
export { type ApiEvent, apiEventSchema } from "./rest/api-event.ts";
export {
  type ApiClusterExplanation,
  type ApiFieldExplanation,
  type ApiVersionExplanation,
  apiClusterExplanationSchema,
} from "./rest/api-explanation.ts";
export {
  type ApiCniCluster,
  type ApiSystemApplications,
  apiCniClusterSchema,
  apiSystemApplicationsSchema,
  type SystemApplicationsPatch,
  systemApplicationsPatchSchema,
} from "./rest/api-installation.ts";
export {
  type ApiNode,
  type ApiNodeDeployment,
  apiNodeDeploymentSchema,
  apiNodeSchema,
  type NodeDeployment,
  nodeDeploymentSchema,
  patchNodeDeploymentSchema,
  upgradeNodesRequestSchema,
} from "./rest/api-node.ts";
export {
  type ApiProject,
  apiProjectSchema,
  type CreateProjectRequest,
  createProjectRequestSchema,
} from "./rest/api-project.ts";
export {
  type ApiGroupBinding,
  type ApiServiceAccount,
  type ApiServiceAccountToken,
  type ApiSignIn,
  type ApiUser,
  administratorRequestSchema,
  apiAdministratorSchema,
  apiGroupBindingSchema,
  apiServiceAccountSchema,
  apiServiceAccountTokenSchema,
  apiSignInSchema,
  apiUserSchema,
  groupBindingRequestSchema,
  memberRequestSchema,
  serviceAccountGroups,
  serviceAccountRequestSchema,
  serviceAccountTokenRequestSchema,
} from "./rest/api-user.ts";
export { type ApiErrorBody, type ApiFieldError, apiErrorBodySchema, emptyAnswerSchema } from "./rest/object-meta.ts";
export { type Condition, exposeStrategies } from "./schema/building-blocks.ts";
