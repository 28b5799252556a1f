// Everything that needs no I/O: also what a browser loads.
export { addonObstacle } from "./addons.ts";
export * from "./address-plan.ts";
export * from "./addresses.ts";
export * from "./catalogue/catalogue.ts";
export { keepUsedVersions, type UsedVersion } from "./catalogue/keep-used.ts";
export { overlayCatalogue } from "./catalogue/overlay.ts";
export * from "./catalogue/parse.ts";
export { catalogueFromPlain, type PlainCatalogue, plainCatalogue } from "./catalogue/plain.ts";
export {
  addressEntry,
  closedAddress,
  closedHost,
  closedMessage,
  isAllowedAddressEntry,
} from "./chart-addresses.ts";
export * from "./cidr/cidr.ts";
export { type FreeRangeQuery, findFreeRange } from "./cidr/free-range.ts";
export * from "./cilium-values.ts";
export { type CiliumValuesUpdate, validateCiliumValuesUpdate } from "./cilium-values-update.ts";
export { type Defaulted, defaultClusterSpec, type Origin } from "./defaults/default-cluster-spec.ts";
export { mergeTemplates, type Source } from "./defaults/layers.ts";
export { type Decision, type DefaultRule, defaultRules } from "./defaults/rules.ts";
export { type ChangeLimit, explainCluster, type FieldExplanation } from "./explain/cluster.ts";
export { explainVersions, type VersionExplanation } from "./explain/versions.ts";
export { isObject, type JsonObject } from "./json.ts";
export { incompatibleKubelets } from "./kubelet-skew.ts";
export { type Labels, type UnsafeLabel, unsafeLabels } from "./labels.ts";
export { DEFAULT_NODE_PORT_RANGE, type PortRange, parsePortRange } from "./port-range.ts";
export { type Ipv6Support, type Provider, type ProviderName, providerNames, providers } from "./providers.ts";
export { type RuleBook, ruleBook } from "./rule-book.ts";
export { type PlannedStep, type UpgradePath, type UpgradePathInput, upgradePath } from "./transition/path.ts";
export type { TransitionInput, TransitionKind } from "./transition/step.ts";
export { type CniTransition, cniTransition } from "./transition/transition.ts";
export type * from "./types.ts";
export type { ClusterState, UpdateRule, UpdateWarningRule } from "./update/change.ts";
export { prepareUpdate } from "./update/prepare-update.ts";
export { updateRules } from "./update/rules/index.ts";
export { validateUpdate } from "./update/validate-update.ts";
export { updateWarnings } from "./update/warnings.ts";
export type { Verdict } from "./validation/judge.ts";
export type { FieldError, FieldErrorReason, Finding, Rule, Warning, WarningRule } from "./validation/rule.ts";
export { creationRules } from "./validation/rules/index.ts";
export { validateCreate } from "./validation/validate-create.ts";
export { typeProblems } from "./validation/view.ts";
export { creationWarnings } from "./validation/warnings.ts";
export { helmPath, leafPointers, leaves, mergeValues, pointerOf, tokensOf } from "./values/document.ts";
export * from "./values/layers.ts";
export { enforceManagedValues } from "./values/managed.ts";
export { mergePatch, replacedBy, takeBack } from "./values/merge-patch.ts";
export { compareVersions, minorNumber, parseKernelVersion, parseVersion, type Version } from "./versions.ts";
export { yamlObjection } from "./yaml/yaml-objection.ts";
