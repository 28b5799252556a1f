export type { Admission, WriteRequest } from "./admission.ts";
export { type AddonWrite, admitAddon } from "./admit-addon.ts";
export {
  type ApplicationDefinitionWrite,
  admitApplicationDefinition,
  admitDefinitionDeletion,
} from "./application/admit-application-definition.ts";
export {
  type ApplicationInstallationWrite,
  admitApplicationInstallation,
  isCniApplication,
} from "./application/admit-application-installation.ts";
export { baseValuesAnnotation, baseValuesOf, recordBaseValues } from "./application/base-values.ts";
export { allowedChartAddresses } from "./application/chart-addresses.ts";
export { type ChartSource, chartSource } from "./application/chart-source.ts";
export { clusterReferenceNames, referenceProblems, resolveReferences } from "./application/cluster-references.ts";
export { cniContradictions } from "./application/cni-contradictions.ts";
export {
  managedPointers,
  managedValuesAnnotation,
  valuesChangeRecordAnnotation,
} from "./application/managed-pointers.ts";
export { isNamespaceName, namespaceNameRule } from "./application/namespace-name.ts";
export { admitCluster, type ClusterWrite } from "./cluster/admit-cluster.ts";
export { admitClusterTemplate, admitTemplateDeletion } from "./cluster/admit-cluster-template.ts";
export { atBirth } from "./cluster/at-birth.ts";
export { type JudgedSpec, judgeChangedCluster, judgeNewCluster } from "./cluster/judge-cluster.ts";
export {
  clusterFromTemplate,
  creationContext,
  seedTemplate,
  templateProblems,
  withTemplateRequests,
} from "./cluster/templates.ts";
export { addedUnsafeLabels } from "./cluster/unsafe-labels.ts";
export { type PreflightFinding, type PreflightInput, preflight } from "./cni-upgrade/preflight.ts";
export { targetProblems } from "./cni-upgrade/target.ts";
export {
  deliveryObjection,
  valuesChangeObjection,
  valuesChangeOf,
  valuesChangeProblems,
} from "./cni-upgrade/values-change.ts";
export { describeProblems, explainProblem, type FieldProblem, problem, summarizeProblems } from "./field-problem.ts";
export * from "./installation.ts";
export {
  managementWebhookPath,
  managementWebhooks,
  observedTypes,
  observerPath,
  userClusterWebhookPath,
  userClusterWebhooks,
  type WebhookConfigurations,
  type WebhookEndpoint,
  type WebhookPhase,
  webhookName,
} from "./webhooks/configuration.ts";
