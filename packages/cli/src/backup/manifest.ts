/**
 * What a backup says of itself, and what is not in it. Pure.
 * @module
 */
export const manifestName = "backup.json";
export const manifestVersion = 1;

export interface BackupManifest {
  /** Of the archive's form. */
  version: number;
  /** Version of Fairlead that wrote it. */
  fairlead: string;
  /** RFC 3339. */
  createdAt: string;
}

const ofThisRun = new Set(["lock", "instance.json", "processes", "bin", "helm"]);

/** An entry of the data directory that the next start makes anew: what runs, links, caches, logs. */
export function leftOut(entry: string): boolean {
  return ofThisRun.has(entry) || /\.log(\.\d+)?$/.test(entry);
}

/** @returns why it cannot be restored; undefined if it can */
export function manifestProblem(manifest: unknown): string | undefined {
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest))
    return "it is no backup of Fairlead";
  if (manifest.version !== manifestVersion) {
    return `it has form ${String(manifest.version)}, and this Fairlead reads form ${manifestVersion}`;
  }
  return undefined;
}
