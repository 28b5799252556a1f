import { projectLabel } from "@fairlead/resources";

/** Labels that the platform sets: not shown, and not for users to set. */
const systemLabels: ReadonlySet<string> = new Set(["worker-name", projectLabel, "is-credential-preset"]);

export function withoutSystemLabels(labels: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !systemLabels.has(name)));
}
