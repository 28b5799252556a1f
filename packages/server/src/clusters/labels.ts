import { projectLabel } from "@fairlead/resources";

type Labels = Readonly<Record<string, string>>;

/** Labels that the platform sets: not shown, and not for users to set. */
const systemLabels: ReadonlySet<string> = new Set(["worker-name", projectLabel, "is-credential-preset"]);

export function isSystemLabel(name: string): boolean {
  return systemLabels.has(name);
}

export function withoutSystemLabels(labels: Labels = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !isSystemLabel(name)));
}

/** A user's labels beside those that the platform has set. */
export function withSystemLabels(labels: Labels = {}, stored: Labels = {}): Record<string, string> {
  const kept = Object.entries(stored).filter(([name]) => isSystemLabel(name));
  return { ...withoutSystemLabels(labels), ...Object.fromEntries(kept) };
}
