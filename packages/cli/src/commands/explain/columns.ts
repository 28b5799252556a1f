import type { ApiFieldExplanation, ApiVersionExplanation } from "@fairlead/resources";
import type { Column } from "../../output/table.ts";

export const fieldColumns: readonly Column<ApiFieldExplanation>[] = [
  { title: "FIELD", value: ({ field }) => field.replace(/^spec\./, "") },
  { title: "VALUE", value: ({ value }) => shown(value) },
  { title: "SOURCE", value: ({ source }) => source },
  { title: "CHANGEABLE", value: changeable },
  { title: "REASON", value: ({ reason }) => reason },
];

export const versionColumns: readonly Column<ApiVersionExplanation>[] = [
  { title: "VERSION", value: ({ version }) => version || "(none)" },
  { title: "PHASE", value: ({ phase }) => phase },
  {
    title: "REACHABLE",
    value: reachable,
    tone: ({ allowed, reachable }) => (allowed ? "good" : reachable ? "pending" : "bad"),
  },
  { title: "PATH", value: ({ steps }) => steps.map(({ version }) => version).join(" -> ") },
  { title: "EXPLANATION", value: explanation },
];

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function changeable({ limits }: ApiFieldExplanation): string {
  const closed = limits.filter(({ unlocked }) => !unlocked);
  if (closed.length === 0) return "yes";
  const labels = closed.flatMap(({ unlockedBy }) => unlockedBy ?? []);
  return labels.length === closed.length ? `with label ${labels.join(", ")}` : `limited: ${codes(closed)}`;
}

function codes(limits: readonly { code: string }[]): string {
  return limits.map(({ code }) => code).join(", ");
}

function reachable({ current, allowed, reachable, direct }: ApiVersionExplanation): string {
  if (current) return "current";
  if (allowed) return direct ? "directly, or by steps" : "yes";
  return reachable ? "by steps" : "no";
}

function explanation(version: ApiVersionExplanation): string {
  const { message, remedies, advisories, warnings } = version;
  return [
    message,
    ...remedies.map((remedy) => `remedy: ${remedy}`),
    ...(advisories.length > 0 ? [`affected by ${advisories.join(", ")}`] : []),
    ...warnings.map((warning) => `warning: ${warning.message}`),
  ].join("; ");
}
