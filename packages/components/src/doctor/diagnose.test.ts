import { expect, test } from "vitest";
import { type BinaryPin, binaryPins } from "../binaries/pins.ts";
import { diagnose, type Finding } from "./diagnose.ts";
import type { Facts } from "./facts.ts";

const gibibyte = 1024 ** 3;

function pin(name: string): BinaryPin {
  const found = binaryPins("linux-x64").find((candidate) => candidate.name === name);
  if (!found) throw new Error(`No pin for ${name}`);
  return found;
}

const etcd = { pin: pin("etcd"), path: "/cache/etcd", others: [] };
const helm = { pin: pin("helm"), path: "/cache/helm", others: [] };
const fine: Facts = {
  platform: "linux",
  node: "24.21.0",
  go: "1.26.8",
  npm: "11.0.0",
  git: "2.47.0",
  binaries: [etcd, helm],
  directories: [
    { path: "/cache", free: 10 * gibibyte, writable: true },
    { path: "/data", free: gibibyte, writable: true },
  ],
  ports: [{ port: 8080, free: true }],
  parentDeathSignal: true,
};

function finding(changes: Partial<Facts>, what: string): Finding | undefined {
  return diagnose({ ...fine, ...changes }).find((candidate) => candidate.what === what);
}

test("a machine where all is well", () => {
  const findings = diagnose(fine);
  expect(findings.map(({ what }) => what)).toEqual([
    "Node.js",
    "Go",
    "npm",
    "git",
    "etcd",
    "helm",
    "disk of /cache",
    "disk of /data",
    "port 8080",
    "setpriv",
  ]);
  for (const { status, blocking, howToGet } of findings)
    expect({ status, blocking, howToGet }).toEqual({ status: "ok", blocking: false, howToGet: "" });
});

const noEtcd = [{ ...etcd, path: undefined }, helm];
const noHelm = [etcd, { ...helm, path: undefined }];

test.each<[string, Partial<Facts>, string, Partial<Finding>]>([
  ["Node too old", { node: "20.20.2" }, "Node.js", { status: "wrong-version", blocking: true, found: "20.20.2" }],
  ["no Go, nothing to build", { go: undefined }, "Go", { status: "missing", blocking: false }],
  ["no Go, etcd to build", { go: undefined, binaries: noEtcd }, "Go", { status: "missing", blocking: true }],
  ["Go too old, etcd to build", { go: "1.25.1", binaries: noEtcd }, "Go", { status: "wrong-version", blocking: true }],
  ["no npm, nothing to fetch", { npm: undefined }, "npm", { status: "missing", blocking: false }],
  ["no npm, helm to fetch", { npm: undefined, binaries: noHelm }, "npm", { status: "missing", blocking: true }],
  ["no git", { git: undefined }, "git", { status: "missing", blocking: false }],
  ["etcd to build, Go there", { binaries: noEtcd }, "etcd", { status: "missing", blocking: false }],
  ["etcd to build, no Go", { go: undefined, binaries: noEtcd }, "etcd", { status: "missing", blocking: true }],
  ["etcd to build, Go too old", { go: "1.25.1", binaries: noEtcd }, "etcd", { status: "missing", blocking: true }],
  ["helm to fetch, no npm", { npm: undefined, binaries: noHelm }, "helm", { status: "missing", blocking: true }],
  ["helm to fetch, no Go", { go: undefined, binaries: noHelm }, "helm", { status: "missing", blocking: false }],
  [
    "another etcd on PATH",
    { binaries: [{ ...etcd, path: undefined, others: [{ path: "/usr/bin/etcd", version: "3.5.0" }] }] },
    "etcd",
    { status: "wrong-version", found: "3.5.0 at /usr/bin/etcd", wanted: "3.6.16" },
  ],
  [
    "too little space to build",
    { binaries: noEtcd, directories: [{ path: "/cache", free: 2 * gibibyte, writable: true }] },
    "disk of /cache",
    { status: "missing", blocking: true, found: "2048 MiB free" },
  ],
  [
    "enough space once all is built",
    { directories: [{ path: "/cache", free: 2 * gibibyte, writable: true }] },
    "disk of /cache",
    { status: "ok" },
  ],
  [
    "data not writable",
    {
      directories: [
        { path: "/cache", free: gibibyte, writable: true },
        { path: "/data", free: gibibyte, writable: false },
      ],
    },
    "disk of /data",
    { status: "missing", blocking: true, found: "not writable" },
  ],
  [
    "port taken",
    { ports: [{ port: 8080, free: false }] },
    "port 8080",
    { status: "missing", blocking: true, found: "in use" },
  ],
  ["no setpriv", { parentDeathSignal: false }, "setpriv", { status: "missing", blocking: false }],
])("%s", (_name, changes, what, expected) => {
  const found = finding(changes, what);
  expect(found).toMatchObject(expected);
  expect(found?.howToGet === "").toBe(found?.status === "ok");
});
