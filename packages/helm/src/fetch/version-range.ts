import semver from "semver";

/**
 * The newest of the versions that is wanted: exactly, or within a range as helm writes them (commas mean "and"). Versions
 * before a release count only if the range names one.
 */
export function newestMatch(versions: readonly string[], wanted: string): string | undefined {
  if (versions.includes(wanted)) return wanted;
  const range = wanted.trim().replaceAll(/\s*,\s*/g, " ") || "*";
  const options = { loose: true, includePrerelease: range.includes("-") };
  return versions
    .filter((version) => semver.valid(version, options) && semver.satisfies(version, range, options))
    .sort((a, b) => semver.rcompare(a, b, options))[0];
}
