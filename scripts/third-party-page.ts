/** What the npm packages of the product are licensed under. The licence must be one of these, or somebody has to decide. */
const accepted: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  // Of files, not of what uses them: for what is taken as it is and never changed, here a compiler of style sheets.
  "MPL-2.0",
  "Python-2.0",
  "Unlicense",
]);

interface LockedPackage {
  version?: string;
  license?: string;
  dev?: boolean;
  link?: boolean;
}

export interface Lockfile {
  packages: Readonly<Record<string, LockedPackage>>;
}

interface ThirdParty {
  name: string;
  version: string;
  licence: string;
}

const folder = "node_modules/";

/** Packages that run in production, by name and version, each once. */
function thirdParties({ packages }: Lockfile): ThirdParty[] {
  const found = Object.entries(packages).flatMap(([path, { version = "", license, dev, link }]) => {
    const at = path.lastIndexOf(folder);
    if (at < 0 || dev || link) return [];
    return [{ name: path.slice(at + folder.length), version, licence: license ?? "not stated" }];
  });
  const unique = new Map(found.map((one) => [`${one.name}@${one.version}`, one]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** Those under a licence that nobody has accepted yet: `name@version: licence`. Of several to choose from one is enough. */
export function licenceProblems(lockfile: Lockfile): string[] {
  return thirdParties(lockfile)
    .filter(
      ({ licence }) =>
        !licence
          .replaceAll(/[()]/g, "")
          .split(" OR ")
          .some((one) => accepted.has(one)),
    )
    .map(({ name, version, licence }) => `${name}@${version}: ${licence}`);
}

/** `docs/third-party.md`. */
export function thirdPartyPage(lockfile: Lockfile): string {
  const rows = thirdParties(lockfile).map(({ name, version, licence }) => `| \`${name}\` | ${version} | ${licence} |`);
  return `# Third-party packages

What \`npm run docs\` finds in the lockfile: the npm packages that run in production, with the licences they state. Accepted are
${[...accepted].map((licence) => `\`${licence}\``).join(", ")}; any other makes a test fail. \`npm run sbom\` prints the same as CycloneDX.

The real components (Kubernetes, etcd, helm, kwok, …) are built from the Go modules in \`tools/\`, whose \`go.sum\` pins them; their licences are not in this list.

| package | version | licence |
|---|---|---|
${rows.join("\n")}
`;
}
