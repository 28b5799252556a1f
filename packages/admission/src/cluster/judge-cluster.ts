/**
 * The network rules, asked with what an installation is set to. Every way into the management API (REST, kubectl by
 * webhook, what the manager finds stored) comes through here, so that a write is judged the same whichever way it takes.
 * @module
 */
import {
  type ClusterState,
  defaultClusterSpec,
  type FieldError,
  prepareUpdate,
  validateCreate,
  validateUpdate,
  type Warning,
} from "@fairlead/network";
import { type Installation, ruleContext } from "../installation.ts";

/** A spec with every default, and what the rules say of it. */
export interface JudgedSpec {
  readonly spec: unknown;
  readonly errors: readonly FieldError[];
  readonly warnings: readonly Warning[];
}

/** Takes any JSON. @throws ConfigurationError if the installation is not set up in a way that can be worked with */
export function judgeNewCluster(requested: unknown, installation: Installation): JudgedSpec {
  const context = ruleContext(installation, datacenterName(requested));
  const { spec } = defaultClusterSpec(requested, context);
  return { spec, ...validateCreate(spec, context) };
}

/** What is unchanged is not held against the write. @throws ConfigurationError like {@link judgeNewCluster} */
export function judgeChangedCluster(old: ClusterState, next: ClusterState, installation: Installation): JudgedSpec {
  const context = ruleContext(installation, datacenterName(next.spec));
  const { spec } = prepareUpdate(old, next, context);
  return { spec, ...validateUpdate(old, { ...next, spec }, context) };
}

function datacenterName(spec: unknown): string {
  const dc = member(member(spec, "cloud"), "dc");
  return typeof dc === "string" ? dc : "";
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
