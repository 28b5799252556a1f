// Everything that needs no I/O: also what a browser loads.
export * from "./addresses.ts";
export * from "./catalogue/catalogue.ts";
export * from "./catalogue/parse.ts";
export * from "./cidr/cidr.ts";
export * from "./cilium-values.ts";
export { type Defaulted, defaultClusterSpec, type Origin } from "./defaults/default-cluster-spec.ts";
export type { Source } from "./defaults/layers.ts";
export { type Decision, type DefaultRule, defaultRules } from "./defaults/rules.ts";
export { DEFAULT_NODE_PORT_RANGE, type PortRange, parsePortRange } from "./port-range.ts";
export { type Ipv6Support, type Provider, type ProviderName, providerNames, providers } from "./providers.ts";
export type * from "./types.ts";
export type { FieldError, FieldErrorReason, Finding, Rule, Warning, WarningRule } from "./validation/rule.ts";
export { creationRules } from "./validation/rules/index.ts";
export { type Verdict, validateCreate } from "./validation/validate-create.ts";
export { creationWarnings } from "./validation/warnings.ts";
export { compareVersions, minorNumber, parseVersion, type Version } from "./versions.ts";
