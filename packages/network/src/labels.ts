import { isObject } from "./json.ts";

/** Labels of a Cluster that take a rule away, at the user's own risk. Only the presence of the key counts. */
export const unsafeLabels = {
  cniUpgrade: "unsafe-cni-upgrade",
  cniMigration: "unsafe-cni-migration",
  exposeStrategyMigration: "unsafe-expose-strategy-migration",
} as const;

export type UnsafeLabel = (typeof unsafeLabels)[keyof typeof unsafeLabels];

export type Labels = Readonly<Record<string, string>>;

/** Whether the key is there, with whatever value (ruling 3). Takes any JSON as labels. */
export function hasLabel(labels: unknown, key: UnsafeLabel): boolean {
  return isObject(labels) && Object.hasOwn(labels, key);
}
