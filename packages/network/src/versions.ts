import { parse } from "semver";
import { memoize } from "./memo.ts";

/** A minor release as one comparable number: 1.36 is 1036. */
export type MinorNumber = number;

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

const parsed = memoize((text): Version | null => {
  const parts = text.split(".").length;
  // CNI addons are named by major and minor only (v3.24).
  return parse(parts === 2 ? `${text}.0` : text);
});

/** Parses `1.36.3`, `v1.36.3` and `v3.24`. Undefined if it is no version. */
export function parseVersion(text: string): Version | undefined {
  return parsed(text) ?? undefined;
}

/** The minor release that a version belongs to, or NaN, which no comparison holds for. */
function minorOf(version: Version | undefined): MinorNumber {
  return version === undefined ? Number.NaN : version.major * 1000 + version.minor;
}

/** As {@link minorOf}, from text. */
export function minorNumber(text: string): MinorNumber {
  return minorOf(parseVersion(text));
}

/** Orders versions, oldest first. Versions that cannot be parsed come first. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [parseVersion(a), parseVersion(b)];
  if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? -1 : 1;
  return x.major - y.major || x.minor - y.minor || x.patch - y.patch;
}

/** `5.4.0-150-generic` -> `5.4.0`, `4.19` -> `4.19.0`: what a kernel says of itself, without what distributions add. */
export function parseKernelVersion(text: string): string | undefined {
  const [, major, minor, patch = "0"] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return major === undefined ? undefined : `${major}.${minor}.${patch}`;
}
