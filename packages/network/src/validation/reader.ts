import { type ParsedCidr, tryParseCidr } from "../cidr/cidr.ts";
import { isObject, type JsonObject } from "../json.ts";
import { type Finding, invalid } from "./rule.ts";

/** A list of CIDRs as it was given. An entry that is no text is undefined. */
export interface CidrList {
  readonly path: string;
  readonly entries: readonly (ParsedCidr | undefined)[];
  /** The field holds one CIDR rather than a list. */
  readonly scalar?: true;
}

/** The JSON path of an entry. */
export function entryPath(list: CidrList, index: number): string {
  return list.scalar ? list.path : `${list.path}[${index}]`;
}

const NO_FINDINGS: readonly Finding[] = [];
const NOTHING: JsonObject = Object.freeze({});
const NO_ENTRIES: readonly undefined[] = [];

/**
 * Reads fields of untyped JSON. A value of the wrong type is noted as a finding and read as absent; `null` is absent
 * (Kubernetes' API convention).
 */
export class Reader {
  // TypeScript's private, here and below: private methods of the language brand each instance, which takes longer than
  // reading a whole spec.
  private found: Finding[] | undefined;

  get findings(): readonly Finding[] {
    return this.found ?? NO_FINDINGS;
  }

  object(value: unknown, path: string): JsonObject {
    if (value === undefined || value === null) return NOTHING;
    if (isObject(value)) return value;
    this.expected("an object", path, value);
    return NOTHING;
  }

  text(value: unknown, path: string): string | undefined {
    if (typeof value === "string") return value;
    return this.absent("a string", path, value);
  }

  flag(value: unknown, path: string): boolean | undefined {
    if (typeof value === "boolean") return value;
    return this.absent("true or false", path, value);
  }

  integer(value: unknown, path: string): number | undefined {
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    return this.absent("an integer", path, value);
  }

  /** A field that holds one CIDR; `""` is absent. */
  cidr(value: unknown, path: string): CidrList {
    const text = this.text(value, path);
    return { path, entries: text ? [tryParseCidr(text)] : NO_ENTRIES, scalar: true };
  }

  /** A list of CIDRs: `path` is that of the list itself. */
  cidrs(value: unknown, path: string): CidrList {
    if (value === undefined || value === null) return { path, entries: NO_ENTRIES };
    if (!Array.isArray(value)) {
      this.expected("a list of CIDRs", path, value);
      return { path, entries: NO_ENTRIES };
    }
    const entries = value.map((entry: unknown, index) => {
      if (typeof entry === "string") return tryParseCidr(entry);
      this.expected("a string", `${path}[${index}]`, entry);
      return undefined;
    });
    return { path, entries };
  }

  private absent(what: string, path: string, value: unknown): undefined {
    if (value !== undefined && value !== null) this.expected(what, path, value);
  }

  private expected(what: string, path: string, value: unknown): void {
    this.found ??= [];
    this.found.push(invalid(path, value, `expected ${what}`));
  }
}
