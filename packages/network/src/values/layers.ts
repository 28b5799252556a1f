/**
 * Where each Helm value of a CNI comes from (DESIGN section 6 and ruling 16). Pure.
 * @module
 */
import type { OwnedValue } from "../cilium-values.ts";
import { isEqualJson, isObject, type JsonObject } from "../json.ts";
import { helmPath, leaves, pointerOf } from "./document.ts";

/** What an installation's values began with, below what is managed. */
export const baseLayers = ["definition", "template", "initial"] as const;
export type BaseLayer = (typeof baseLayers)[number];

/** Lowest first: what the chart itself says, what the installation began with, the user's edits, what Fairlead manages. */
export const valueLayers = ["chart", ...baseLayers, "user", "managed"] as const;
export type ValueLayer = (typeof valueLayers)[number];

/** The document that an installation began with, and who gave it. */
export interface BaseValues {
  readonly layer: BaseLayer;
  readonly values: JsonObject;
}

export interface LayeredInput {
  /** The chart's own values; absent if they are not known. */
  readonly chart?: JsonObject;
  /** Absent for an installation that does not record it: everything that is not managed then counts as the user's. */
  readonly base?: BaseValues;
  /** What the release is given: everything but the chart's own. */
  readonly values: JsonObject;
  readonly owned: readonly OwnedValue[];
}

/** One key that has an effect. */
export interface LayeredValue {
  readonly pointer: string;
  /** As Helm's `--set` writes it. */
  readonly path: string;
  readonly value: unknown;
  readonly layer: ValueLayer;
  /** Why Fairlead manages it. */
  readonly reason?: string;
  /** What lower layers say, which has no effect; the highest first. */
  readonly covers: readonly { readonly layer: ValueLayer; readonly value: unknown }[];
  /** The user took away what the installation began with: the chart's own value holds. */
  readonly removed?: { readonly layer: BaseLayer; readonly value: unknown };
}

/** Every key of a release's values, the chart's own included, by pointer. */
export function layerValues(input: LayeredInput): LayeredValue[] {
  const given = leaves(input.values);
  const chart = leaves(input.chart ?? {});
  const base = leaves(input.base?.values ?? {});
  const inner = innerNodes(given.keys());
  const chartInner = innerNodes(chart.keys());
  const reasons = new Map(input.owned.map(({ path, reason }) => [pointerOf(path), reason]));
  const found: LayeredValue[] = [];
  for (const [pointer, value] of given) {
    if (isEmptyMap(value) && chartInner.has(pointer)) continue; // Helm merges maps: an empty one says nothing.
    const reason = reasons.get(pointer);
    const isBase = base.has(pointer) && isEqualJson(base.get(pointer), value);
    const layer = reason !== undefined ? "managed" : isBase && input.base ? input.base.layer : "user";
    const covers: { layer: ValueLayer; value: unknown }[] = [];
    if (input.base && base.has(pointer) && layer !== input.base.layer) {
      covers.push({ layer: input.base.layer, value: base.get(pointer) });
    }
    if (chart.has(pointer)) covers.push({ layer: "chart", value: chart.get(pointer) });
    found.push({ pointer, path: helmPath(pointer), value, layer, ...(reason ? { reason } : {}), covers });
  }
  for (const [pointer, value] of chart) {
    if (inner.has(pointer) || isCovered(pointer, given)) continue;
    const removed = input.base && base.has(pointer) ? { layer: input.base.layer, value: base.get(pointer) } : undefined;
    found.push({
      pointer,
      path: helmPath(pointer),
      value,
      layer: "chart",
      covers: [],
      ...(removed ? { removed } : {}),
    });
  }
  return found.sort((a, b) => (a.pointer < b.pointer ? -1 : 1));
}

export interface ValueChange {
  readonly pointer: string;
  readonly path: string;
  /** Absent: the key is new. */
  readonly before?: { readonly layer: ValueLayer; readonly value: unknown };
  /** Absent: the key has no value any more. */
  readonly after?: { readonly layer: ValueLayer; readonly value: unknown };
}

/** What an edit changes for the release; a key that is taken away falls back to the chart's own value. By pointer. */
export function compareLayers(before: readonly LayeredValue[], after: readonly LayeredValue[]): ValueChange[] {
  const [old, next] = [byPointer(before), byPointer(after)];
  const changes: ValueChange[] = [];
  for (const pointer of [...new Set([...old.keys(), ...next.keys()])].sort()) {
    const [a, b] = [old.get(pointer), next.get(pointer)];
    if (a && b && isEqualJson(a.value, b.value)) continue;
    changes.push({
      pointer,
      path: helmPath(pointer),
      ...(a ? { before: { layer: a.layer, value: a.value } } : {}),
      ...(b ? { after: { layer: b.layer, value: b.value } } : {}),
    });
  }
  return changes;
}

function byPointer(values: readonly LayeredValue[]): Map<string, LayeredValue> {
  return new Map(values.map((value) => [value.pointer, value]));
}

/** The pointers of all maps that hold these leaves. */
function innerNodes(pointers: Iterable<string>): Set<string> {
  const found = new Set<string>();
  for (const pointer of pointers) for (const parent of parentsOf(pointer)) found.add(parent);
  return found;
}

function isCovered(pointer: string, given: ReadonlyMap<string, unknown>): boolean {
  if (given.has(pointer)) return true;
  return parentsOf(pointer).some((parent) => given.has(parent) && !isEmptyMap(given.get(parent)));
}

/** `/a/b/c` -> `/a`, `/a/b` */
function parentsOf(pointer: string): string[] {
  const parents: string[] = [];
  for (let end = pointer.indexOf("/", 1); end > 0; end = pointer.indexOf("/", end + 1))
    parents.push(pointer.slice(0, end));
  return parents;
}

function isEmptyMap(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
