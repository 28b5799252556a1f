/**
 * The network rules, asked with what an installation is set to. Every way into the management API (REST, kubectl by
 * webhook, what the manager finds stored) comes through here, so that a write is judged the same whichever way it takes.
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import {
  type ClusterState,
  defaultClusterSpec,
  type FieldError,
  prepareUpdate,
  type RuleContext,
  validateCreate,
  validateUpdate,
  type Warning,
} from "@fairlead/network";
import type { ClusterStatus, ClusterTemplate } from "@fairlead/resources";
import { type Installation, ruleContext } from "../installation.ts";
import { creationContext, seedTemplateProblems } from "./templates.ts";
import { upgradeProblems } from "./upgrade-under-way.ts";

/** A Cluster as it is stored. */
export interface StoredState extends ClusterState {
  /** `status.versions`. */
  readonly versions?: ClusterStatus["versions"];
}

/** A spec with every default, and what the rules say of it. */
export interface JudgedSpec {
  readonly spec: unknown;
  readonly errors: readonly FieldError[];
  readonly warnings: readonly Warning[];
}

/**
 * Takes any JSON. What it leaves open comes from the template that the cluster is made from, then from the one that its
 * seed has for all clusters, then from seed and rules.
 * @throws ConfigurationError if the installation is not set up in a way that can be worked with
 */
export function judgeNewCluster(
  requested: unknown,
  installation: Installation,
  template?: ClusterTemplate,
): JudgedSpec {
  const dc = datacenterName(requested) || (template?.spec.cloud?.dc ?? "");
  const { spec, errors, warnings } = judgeCreation(requested, creationContext(installation, dc, template));
  return { spec, errors: [...seedTemplateProblems(installation, dc), ...errors], warnings };
}

/** As {@link judgeNewCluster}, by nothing but seed and rules. */
export function judgeWithoutTemplate(requested: unknown, installation: Installation): JudgedSpec {
  return judgeCreation(requested, ruleContext(installation, datacenterName(requested)));
}

function judgeCreation(requested: unknown, context: RuleContext): JudgedSpec {
  const { spec } = defaultClusterSpec(requested, context);
  return { spec, ...validateCreate(spec, context) };
}

/**
 * Completes a change by what is stored, and judges it. What was wrong before is not held against it; and if it leaves the
 * spec alone, then not even what only shows once the spec is completed: labels and finalizers come and go on every cluster.
 * @throws ConfigurationError like {@link judgeNewCluster}
 */
export function judgeChangedCluster(old: StoredState, next: ClusterState, installation: Installation): JudgedSpec {
  const context = ruleContext(installation, datacenterName(next.spec));
  const { spec } = prepareUpdate(old, next, context);
  const verdict = validateUpdate(old, { ...next, spec }, context);
  const raised = { before: member(old.spec, "version"), after: member(spec, "version") };
  const errors = [...verdict.errors, ...upgradeProblems(old.versions, raised)];
  const untouched = () => isDeepStrictEqual(spec, prepareUpdate(old, old, context).spec);
  return { spec, ...verdict, errors: errors.length > 0 && untouched() ? [] : errors };
}

function datacenterName(spec: unknown): string {
  const dc = member(member(spec, "cloud"), "dc");
  return typeof dc === "string" ? dc : "";
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
