import type { CniType } from "../types.ts";
import { compareVersions, minorNumber } from "../versions.ts";

/** How a CNI version reaches the user cluster: an addon chart of Fairlead's, or a system application by helm. */
export type Delivery = "addon" | "application";

/** The Kubernetes minor releases that upstream tests a CNI version with, both ends included: `1.32`. */
export interface KubernetesRange {
  readonly from: string;
  readonly to: string;
}

export interface CniVersion {
  readonly version: string;
  /** Both phases may be used; `deprecated` ones are not offered and carry a warning. */
  readonly phase: "supported" | "deprecated";
  /** Absent for type `none`: nothing is delivered. */
  readonly delivery?: Delivery;
  /** Absent if any Kubernetes will do. */
  readonly kubernetes?: KubernetesRange;
  readonly advisories: readonly string[];
  /** The least Linux kernel that the nodes need. */
  readonly leastKernel?: string;
}

/** A CNI upgrade that goes with a Kubernetes upgrade (ruling 5). */
export interface ForcedUpgrade {
  /** The Kubernetes minor release from which it applies. */
  readonly fromKubernetes: string;
  /** Applies to exactly this version, or to any version below. */
  readonly replaces: { readonly exactly: string } | { readonly below: string };
  /** `latest` is the version that {@link latestSupported} gives. */
  readonly target: string;
}

export interface CniCatalogue {
  /** The version that is chosen where nothing is said, provided its Kubernetes range fits. */
  readonly defaultVersion: string;
  /** By their exact string, oldest first. */
  readonly versions: ReadonlyMap<string, CniVersion>;
  readonly forcedUpgrades: readonly ForcedUpgrade[];
}

/** Which CNI versions there are and how far they reach: data, chosen in the KubermaticConfiguration. */
export interface Catalogue {
  readonly name: string;
  readonly types: ReadonlyMap<string, CniCatalogue>;
}

/** The type without a CNI has one version, the empty one. */
export const noCni: CniCatalogue = {
  defaultVersion: "",
  versions: new Map([["", { version: "", phase: "supported", advisories: [] }]]),
  forcedUpgrades: [],
};

/** Every version that a cluster may have, oldest first: supported and deprecated. */
export function allowedVersions(catalogue: Catalogue, type: string): readonly CniVersion[] {
  return [...(catalogue.types.get(type)?.versions.values() ?? [])];
}

/** The versions that are offered, oldest first. */
export function supportedVersions(catalogue: Catalogue, type: string): readonly CniVersion[] {
  return allowedVersions(catalogue, type).filter((entry) => entry.phase === "supported");
}

/** Looks a version up by its exact string (`3.24` is not `v3.24`). */
export function findVersion(catalogue: Catalogue, type: string, version: string): CniVersion | undefined {
  return catalogue.types.get(type)?.versions.get(version);
}

/** Whether upstream tests the version with that Kubernetes minor. An unknown Kubernetes fits everything. */
export function fitsKubernetes(entry: CniVersion, kubernetesMinor: number): boolean {
  if (entry.kubernetes === undefined || Number.isNaN(kubernetesMinor)) return true;
  return minorNumber(entry.kubernetes.from) <= kubernetesMinor && kubernetesMinor <= minorNumber(entry.kubernetes.to);
}

/** The newest supported version whose Kubernetes range fits; if none does, the newest supported one. */
export function latestSupported(catalogue: Catalogue, type: string, kubernetesMinor: number): CniVersion | undefined {
  const supported = supportedVersions(catalogue, type);
  return supported.findLast((entry) => fitsKubernetes(entry, kubernetesMinor)) ?? supported.at(-1);
}

/** The version of a cluster that names none: the catalogue's default if its range fits, else the latest supported. */
export function defaultVersion(catalogue: Catalogue, type: string, kubernetesMinor: number): CniVersion | undefined {
  const preferred = findVersion(catalogue, type, catalogue.types.get(type)?.defaultVersion ?? "");
  if (preferred !== undefined && fitsKubernetes(preferred, kubernetesMinor)) return preferred;
  return latestSupported(catalogue, type, kubernetesMinor);
}

/** The supported versions as they are offered for a Kubernetes: newest first, those outside their range last. */
export function offeredVersions(catalogue: Catalogue, type: string, kubernetesMinor: number): readonly CniVersion[] {
  const newestFirst = supportedVersions(catalogue, type).toReversed();
  return [
    ...newestFirst.filter((entry) => fitsKubernetes(entry, kubernetesMinor)),
    ...newestFirst.filter((entry) => !fitsKubernetes(entry, kubernetesMinor)),
  ];
}

/** Whether a cluster's CNI is a system application (an installed helm release) rather than an addon. */
export function isSystemApplication(catalogue: Catalogue, cni: { type: CniType; version: string }): boolean {
  return findVersion(catalogue, cni.type, cni.version)?.delivery === "application";
}

/** Orders catalogue entries, oldest first. */
export function byVersion(a: CniVersion, b: CniVersion): number {
  return compareVersions(a.version, b.version);
}
