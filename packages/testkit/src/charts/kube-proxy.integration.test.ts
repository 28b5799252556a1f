import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { resolveBinary } from "@fairlead/components";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { addonValues, dualStack } from "./addon-values.ts";
import { manifestProblems } from "./manifest-problems.ts";
import { addonDirectory, configEntry, pick, renderChart } from "./render-chart.ts";
import { containersOf } from "./rendered-object.ts";

const run = promisify(execFile);
const directory = addonDirectory("kube-proxy");

interface ProxyConfiguration {
  mode: string;
  clusterCIDR: string;
  ipvs: { strictARP: boolean };
  healthzBindAddress: string;
  metricsBindAddress: string;
  conntrack: { min: number };
}

/** The configuration as the real kube-proxy understands it; what it only takes leniently (unknown fields) is an error. */
async function asReadByKubeProxy(config: string): Promise<ProxyConfiguration> {
  const scratch = await mkdtemp(join(tmpdir(), "fairlead-proxy-"));
  try {
    const [input, output] = [join(scratch, "in.yaml"), join(scratch, "out.yaml")];
    await writeFile(input, config);
    const binary = await resolveBinary("kube-proxy");
    const { stderr } = await whenFilesCanBeWatched(() => run(binary, ["--config", input, "--write-config-to", output]));
    if (stderr.includes("strict decoding failed")) throw new Error(stderr);
    return parse(await readFile(output, "utf8"));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** kube-proxy watches its file even then; a user may watch few at once, and clusters that other tests run do so, too. */
async function whenFilesCanBeWatched<T>(start: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 150_000; ; await setTimeout(1000)) {
    try {
      return await start();
    } catch (error) {
      if (!String(error).includes("too many open files") || Date.now() > deadline) throw error;
    }
  }
}

function render(network: Parameters<typeof addonValues>[0] = {}) {
  return renderChart(directory, { values: addonValues(network) });
}

describe("kube-proxy", () => {
  it.each([
    ["ipvs", true],
    ["ipvs", false],
    ["iptables", false],
    ["nftables", false],
  ])("%s with strictArp %s is what the real kube-proxy reads", async (proxyMode, strictArp) => {
    const objects = await render({ network: { proxyMode, strictArp } });
    expect(await asReadByKubeProxy(configEntry(objects, "kube-proxy", "config.conf"))).toMatchObject({
      mode: proxyMode,
      clusterCIDR: "172.26.0.0/16",
      ipvs: { strictARP: strictArp },
      healthzBindAddress: "0.0.0.0:10256",
      metricsBindAddress: "127.0.0.1:10249",
      conntrack: { min: 524288 },
    });
  });

  it("knows both pods ranges of a dual-stack cluster", async () => {
    const config = await asReadByKubeProxy(
      configEntry(await render({ network: dualStack }), "kube-proxy", "config.conf"),
    );
    expect(config.clusterCIDR).toBe("172.26.0.0/16,fd01::/48");
  });

  it("refuses a configuration with a misspelt field, so the checks above can fail", async () => {
    const config = configEntry(await render(), "kube-proxy", "config.conf").replace("strictARP", "strictArp");
    await expect(asReadByKubeProxy(config)).rejects.toThrow(/strictArp/);
  });

  it("reaches the API server by its external URL with its service account's token", async () => {
    const kubeconfig = parse(configEntry(await render(), "kube-proxy", "kubeconfig.conf"));
    expect(kubeconfig.clusters[0].cluster.server).toBe("https://abcdefghij.example.com:31443");
    expect(kubeconfig.users[0].user.tokenFile).toBe("/var/run/secrets/kubernetes.io/serviceaccount/token");
  });

  it("is a complete workload of the cluster's Kubernetes version", async () => {
    const objects = await render({ cluster: { version: "1.35.4" }, overwriteRegistry: "mirror.example.com" });
    expect(manifestProblems(objects)).toEqual([]);
    const [container] = containersOf(pick(objects, "DaemonSet", "kube-proxy"));
    expect(container?.image).toBe("mirror.example.com/kube-proxy:v1.35.4");
    expect(container?.livenessProbe).toMatchObject({ httpGet: { path: "/livez" } });
    expect(pick(objects, "ClusterRoleBinding", "kubeadm:node-proxier").roleRef?.name).toBe("system:node-proxier");
  });

  it("has no place where the CNI replaces it, and needs an address", async () => {
    await expect(render({ network: { proxyMode: "ebpf" } })).rejects.toThrow(/network\.proxyMode: with ebpf/);
    const apiServer = { host: "", port: 6443, url: "" };
    await expect(render({ cluster: { apiServer } })).rejects.toThrow(/cluster\.apiServer\.url: kube-proxy needs/);
  });
});
