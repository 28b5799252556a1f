/**
 * What a Seed means for the control planes that run there, and what is said about it. Pure.
 * @module
 */
import type { SeedSettings, WebhookDestination } from "@fairlead/control-plane";
import type { KubermaticConfiguration, Seed } from "@fairlead/resources";
import { changedConditions } from "../conditions.ts";

/** What this installation knows of itself. */
export interface OwnSeed {
  /** Fairlead runs in the cluster of the management API, which is the seed of those that name no kubeconfig. */
  inside: boolean;
  webhooks: WebhookDestination;
}

/** What a try to reach a seed has shown. */
export type SeedFinding =
  | { kind: "healthy"; kubernetesVersion: string }
  /** The Seed itself is wrong: somebody has to change it. */
  | { kind: "invalid"; problem: string }
  /** It does not answer, or refuses: that may pass. */
  | { kind: "unreachable"; problem: string };

/** Key of a kubeconfig in its Secret, unless the reference says otherwise. */
const kubeconfigKey = "kubeconfig";

export interface KubeconfigReference {
  name: string;
  namespace: string;
  key: string;
}

/** Undefined for a Seed that is the cluster of the management API. */
export function kubeconfigReference({ metadata, spec }: Seed): KubeconfigReference | undefined {
  const { name, namespace = metadata.namespace ?? "", fieldPath = kubeconfigKey } = spec.kubeconfig ?? {};
  return name ? { name, namespace, key: fieldPath } : undefined;
}

export function seedSettings(
  seed: Seed,
  configuration: KubermaticConfiguration | undefined,
  { inside, webhooks }: OwnSeed,
): SeedSettings {
  const { ingress, userCluster } = configuration?.spec ?? {};
  const { domain } = (ingress ?? {}) as { domain?: unknown };
  return {
    name: seed.spec.seedDNSOverwrite || (seed.metadata.name ?? ""),
    domain: typeof domain === "string" && domain !== "" ? domain : undefined,
    overwriteRegistry: userCluster?.overwriteRegistry ?? "",
    inside,
    webhooks,
  };
}

const reachable = "Reachable";
const kubeconfigValid = "KubeconfigValid";

export function seedStatus(
  seed: Seed,
  finding: SeedFinding,
  { clusters, version, now }: { clusters: number; version: string; now: Date },
): object {
  const invalid = finding.kind === "invalid";
  const valid = invalid
    ? ({ status: "False", reason: "KubeconfigInvalid", message: finding.problem } as const)
    : ({ status: "True", reason: "KubeconfigValid" } as const);
  return {
    phase: phaseOf(finding),
    clusters,
    versions: {
      kubermatic: version,
      // What was last seen stays while the seed does not answer.
      ...(finding.kind === "healthy" ? { cluster: finding.kubernetesVersion } : {}),
    },
    conditions: changedConditions(
      seed.status?.conditions,
      { [kubeconfigValid]: valid, [reachable]: reachableCondition(finding) },
      now,
    ),
  };
}

function phaseOf(finding: SeedFinding) {
  switch (finding.kind) {
    case "healthy":
      return "Healthy";
    case "invalid":
      return "Invalid";
    case "unreachable":
      return "Unhealthy";
  }
}

function reachableCondition(finding: SeedFinding) {
  switch (finding.kind) {
    case "healthy":
      return { status: "True", reason: "ApiServerAnswers" } as const;
    case "invalid":
      return { status: "Unknown", reason: "KubeconfigInvalid", message: finding.problem } as const;
    case "unreachable":
      return { status: "False", reason: "ApiServerDoesNotAnswer", message: finding.problem } as const;
  }
}
