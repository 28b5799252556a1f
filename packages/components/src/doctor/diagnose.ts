import { isGoNewEnough, minimalGoVersion } from "../binaries/go-toolchain.ts";
import { waysToGet } from "../binaries/ways.ts";
import { mebibytes } from "../disk.ts";
import type { BinaryFact, DirectoryFact, Facts } from "./facts.ts";

const minimalNodeMajor = 24;
const mebibyte = 1024 * 1024;
/** A data directory: etcd's quota is far above what a young installation writes. */
const dataBytes = 512 * mebibyte;
/** The cache with all binaries, or, if Kubernetes is yet to be compiled, Go's own caches as well. */
const cacheBytes = 1024 * mebibyte;
const buildBytes = 6 * 1024 * mebibyte;

export interface Finding {
  /** What was looked at, for example `Go` or `kube-apiserver`. */
  what: string;
  status: "ok" | "missing" | "wrong-version";
  /** Whether Fairlead cannot start before this is put right. */
  blocking: boolean;
  found: string;
  wanted: string;
  /** Empty if the status is `ok`. */
  howToGet: string;
}

/** Judges what was found on a machine. Pure; in the order a person would put things right. */
export function diagnose(facts: Facts): Finding[] {
  const missing = facts.binaries.filter(({ path }) => path === undefined);
  const needsGo = missing.some(({ pin }) => pin.source.kind === "go-module");
  const needsNpm = missing.some(({ pin }) => pin.source.kind === "npm-archive");
  const [cache, ...data] = facts.directories;
  return [
    judgeNode(facts.node),
    judgeGo(facts.go, needsGo),
    judgeTool("npm", facts.npm, { blocking: needsNpm, howToGet: "It comes with Node.js." }),
    judgeTool("git", facts.git, { blocking: false, howToGet: "Install it with your system's package manager." }),
    ...facts.binaries.map((fact) => judgeBinary(fact, facts)),
    ...(cache ? [judgeDirectory(cache, needsGo ? buildBytes : cacheBytes)] : []),
    ...data.map((directory) => judgeDirectory(directory, dataBytes)),
    ...facts.ports.map(judgePort),
    judgeParentDeathSignal(facts),
  ];
}

function judgeNode(found: string): Finding {
  const ok = Number.parseInt(found, 10) >= minimalNodeMajor;
  return {
    what: "Node.js",
    status: ok ? "ok" : "wrong-version",
    blocking: !ok,
    found,
    wanted: `${minimalNodeMajor} or newer`,
    howToGet: ok ? "" : "`npm ci` in the checkout brings it along; start Fairlead with `npm start` or `npx fairlead`.",
  };
}

function judgeGo(found: string | undefined, needed: boolean): Finding {
  const ok = found !== undefined && isGoNewEnough(found);
  return {
    what: "Go",
    status: found === undefined ? "missing" : ok ? "ok" : "wrong-version",
    blocking: needed && !ok,
    found: found ?? "",
    wanted: `${minimalGoVersion} or newer`,
    howToGet: ok
      ? ""
      : `Install it from https://go.dev/dl/ and put it on PATH.${needed ? "" : " Nothing needs it right now."}`,
  };
}

function judgeTool(
  what: string,
  found: string | undefined,
  { blocking, howToGet }: { blocking: boolean; howToGet: string },
): Finding {
  const ok = found !== undefined;
  return {
    what,
    status: ok ? "ok" : "missing",
    blocking: blocking && !ok,
    found: found ?? "",
    wanted: "any",
    howToGet: ok ? "" : howToGet,
  };
}

function judgeBinary({ pin, path, others }: BinaryFact, facts: Facts): Finding {
  const wanted = pin.version;
  const base = { what: pin.name, wanted };
  if (path !== undefined)
    return { ...base, status: "ok", blocking: false, found: `${wanted} at ${path}`, howToGet: "" };
  const obtainable =
    pin.source.kind === "npm-archive" ? facts.npm !== undefined : facts.go !== undefined && isGoNewEnough(facts.go);
  return {
    ...base,
    status: others.length > 0 ? "wrong-version" : "missing",
    blocking: !obtainable,
    found: others.map((other) => `${other.version ?? "unknown version"} at ${other.path}`).join(", "),
    howToGet: obtainable ? "Fairlead gets it by itself at the first start." : waysToGet(pin),
  };
}

function judgeDirectory({ path, free, writable }: DirectoryFact, needed: number): Finding {
  const ok = writable && free >= needed;
  return {
    what: `disk of ${path}`,
    status: ok ? "ok" : "missing",
    blocking: !ok,
    found: writable ? `${mebibytes(free)} free` : "not writable",
    wanted: `writable, ${mebibytes(needed)} free`,
    howToGet: ok ? "" : "Free some space, change the owner, or use another directory.",
  };
}

function judgePort({ port, free }: { port: number; free: boolean }): Finding {
  return {
    what: `port ${port}`,
    status: free ? "ok" : "missing",
    blocking: !free,
    found: free ? "free" : "in use",
    wanted: "free",
    howToGet: free ? "" : `Stop what listens on 127.0.0.1:${port}, or choose another port.`,
  };
}

function judgeParentDeathSignal({ platform, parentDeathSignal }: Facts): Finding {
  return {
    what: "setpriv",
    status: parentDeathSignal ? "ok" : "missing",
    blocking: false,
    found: parentDeathSignal ? "children end with their parent" : "",
    wanted: "children end with their parent, even by kill -9",
    howToGet: parentDeathSignal
      ? ""
      : platform === "linux"
        ? "Install util-linux. Without it, children that outlive a kill -9 are ended at the next start."
        : "Only Linux has it. Elsewhere, children that outlive a kill -9 are ended at the next start.",
  };
}
