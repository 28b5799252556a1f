import { type ApiDatacenter, createClusterRequestSchema } from "@fairlead/resources";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { exitCode } from "../../exit-code.ts";
import type { ClientCommand } from "../client-command.ts";
import { addClusterCommands } from "./command.ts";
import { type CreateOptions, chooseDatacenter, chooseVersion, createRequest } from "./create-request.ts";

function datacenter(name: string, provider = "bringyourown"): ApiDatacenter {
  const flags = { enforceAuditLogging: false, enforcePodSecurityPolicy: false, ipv6Enabled: true };
  return { metadata: { name }, spec: { seed: "embedded", provider, node: {}, ...flags } };
}

const choices = { datacenter: datacenter("local"), kubernetesVersion: "1.36.3" };
const base = { cloud: { dc: "local", bringyourown: {} }, version: "1.36.3" };

/** The options as the command line gives them. */
function parse(line: string): CreateOptions {
  let options: object | undefined;
  const capture: ClientCommand =
    () =>
    async (...parameters) => {
      options = (parameters.at(-1) as Command).opts();
    };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addClusterCommands(program, capture);
  program.parse(["cluster", "create", "demo", ...line.split(" ").filter(Boolean)], { from: "user" });
  return options as CreateOptions;
}

test.each<[string, object]>([
  ["", {}],
  ["--cni canal --cni-version v3.31", { cniPlugin: { type: "canal", version: "v3.31" } }],
  ["--cni none", { cniPlugin: { type: "none" } }],
  ["--proxy-mode ebpf --konnectivity", { clusterNetwork: { proxyMode: "ebpf", konnectivityEnabled: true } }],
  ["--no-konnectivity", { clusterNetwork: { konnectivityEnabled: false } }],
  ["--node-local-dns", { clusterNetwork: { nodeLocalDNSCacheEnabled: true } }],
  ["--no-node-local-dns", { clusterNetwork: { nodeLocalDNSCacheEnabled: false } }],
  ["--ip-family IPv4+IPv6", { clusterNetwork: { ipFamily: "IPv4+IPv6" } }],
  [
    "--pods-cidr 172.25.0.0/16 --pods-cidr fd01::/48 --services-cidr 10.240.16.0/20,fd02::/120",
    {
      clusterNetwork: {
        pods: { cidrBlocks: ["172.25.0.0/16", "fd01::/48"] },
        services: { cidrBlocks: ["10.240.16.0/20", "fd02::/120"] },
      },
    },
  ],
  [
    "--node-cidr-mask-size-ipv4 24 --node-cidr-mask-size-ipv6 64",
    { clusterNetwork: { nodeCidrMaskSizeIPv4: 24, nodeCidrMaskSizeIPv6: 64 } },
  ],
  ["--expose-strategy Tunneling", { exposeStrategy: "Tunneling" }],
])("%s: what is not given is not sent", (line, expected) => {
  const request = createRequest("demo", parse(line), choices);
  expect(request).toEqual({
    cluster: { name: "demo", spec: { ...base, ...expected } },
    nodeDeployment: { spec: { replicas: 2 } },
  });
  expect(createClusterRequestSchema.parse(request)).toEqual(request);
});

test("nodes, provider and Helm values of the CNI", () => {
  const request = createRequest("demo", parse("--nodes 0 --cni cilium"), {
    datacenter: datacenter("eu", "aws"),
    kubernetesVersion: "1.35.4",
    cniValues: { hubble: { enabled: true } },
  });
  expect(request).toEqual({
    cluster: {
      name: "demo",
      annotations: { "kubermatic.io/initial-cni-values-request": '{"hubble":{"enabled":true}}' },
      spec: { cloud: { dc: "eu", aws: {} }, version: "1.35.4", cniPlugin: { type: "cilium" } },
    },
    nodeDeployment: { spec: { replicas: 0 } },
  });
});

test.each([
  "--cni flannel",
  "--proxy-mode nft",
  "--ip-family IPv6",
  "--expose-strategy nodeport",
  "--nodes -1",
  "--nodes 1001",
  "--nodes 1.5",
  "--node-cidr-mask-size-ipv4 24x",
  "--pods-cidr 10.0.0.0/16,",
  "--timeout 5",
  "--timeout 0s",
  "--unknown",
])("%s is wrong usage", (line) => {
  expect(() => parse(line)).toThrow(
    expect.objectContaining({ exitCode: 1, code: expect.stringMatching(/^commander\./) }),
  );
});

test("waits ten minutes unless told otherwise", () => {
  expect([parse("").timeout, parse("--timeout 90s").timeout]).toEqual([600_000, 90_000]);
});

describe("datacenter", () => {
  const [aws, local] = [datacenter("aws-dc", "aws"), datacenter("local")];

  test("the one that was asked for, the only one, or local", () => {
    expect(chooseDatacenter([aws, local], "aws-dc")).toBe(aws);
    expect(chooseDatacenter([aws], undefined)).toBe(aws);
    expect(chooseDatacenter([aws, local], undefined)).toBe(local);
  });
  test("an unknown one is refused, naming what there is", () => {
    expect(() => chooseDatacenter([aws, local], "x")).toThrow(
      expect.objectContaining({
        exitCode: exitCode.refused,
        message: 'datacenter "x" not found; there are: aws-dc, local',
      }),
    );
  });
  test("among several without local one must be said", () => {
    expect(() => chooseDatacenter([aws, datacenter("gcp-dc", "gcp")], undefined)).toThrow(
      expect.objectContaining({ exitCode: exitCode.usage }),
    );
  });
});

test("the version is the server's default, or must be said", () => {
  expect(chooseVersion([{ version: "1.35.4" }, { version: "1.36.3", default: true }])).toBe("1.36.3");
  expect(() => chooseVersion([{ version: "1.35.4" }])).toThrow("it offers: 1.35.4");
});
