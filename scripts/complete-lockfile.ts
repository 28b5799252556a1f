/**
 * `npm run lock`: after `npm install`, adds to package-lock.json what npm left out.
 *
 * A registry mirror may lack the optional packages of other platforms. `npm install` then drops them silently, and `npm ci`
 * refuses the lockfile that comes of it. An entry with the exact version and the platform is enough: npm skips
 * packages of other platforms without fetching them.
 */
import { readFile, writeFile } from "node:fs/promises";

interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
  dev?: boolean;
  peer?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

const systems = ["android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];
const exactVersion = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(await readFile(file, "utf8")) as { packages: Record<string, LockedPackage> };
const added: string[] = [];
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (lock.packages[path]) continue;
    const platform = platformOf(name);
    if (!platform || !exactVersion.test(version))
      throw new Error(`${name}@${version}: cannot tell its platform or version`);
    lock.packages[path] = {
      version,
      ...platform,
      ...(parent.dev ? { dev: true } : {}),
      ...(parent.peer ? { peer: true } : {}),
      optional: true,
    };
    added.push(path);
  }
}
const [root, ...rest] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([...(root ? [root] : []), ...rest.sort(([a], [b]) => (a < b ? -1 : 1))]);
await writeFile(file, `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(added.length > 0 ? `Added ${added.length}: ${added.join(", ")}` : "The lockfile is complete");

function platformOf(name: string): Pick<LockedPackage, "os" | "cpu" | "libc"> | undefined {
  const words = name.split(/[/-]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (!os || !cpu) return undefined;
  return { os: [os], cpu: [cpu], ...(words.includes("musl") ? { libc: ["musl"] } : {}) };
}
