// Everything that needs no I/O: also what a browser loads.
export * from "./catalogue/catalogue.ts";
export * from "./catalogue/parse.ts";
export * from "./cidr/cidr.ts";
export { type Defaulted, defaultClusterSpec, type Origin } from "./defaults/default-cluster-spec.ts";
export type { Source } from "./defaults/layers.ts";
export { type DefaultRule, defaultRules } from "./defaults/rules.ts";
export { type Ipv6Support, type Provider, type ProviderName, providerNames, providers } from "./providers.ts";
export type * from "./types.ts";
export { compareVersions, minorNumber, parseVersion, type Version } from "./versions.ts";
