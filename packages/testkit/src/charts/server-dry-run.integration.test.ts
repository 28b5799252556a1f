import { builtin, imagesOf, type KubeClient, waitFor } from "@fairlead/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApiServer, type TestApiServer } from "../test-api-server.ts";
import { addonValues, dualStack } from "./addon-values.ts";
import { addonVersions } from "./addon-versions.ts";
import { cniConfigurations, cniSchema, flannelConfigurations, flannelSchema } from "./cni-configuration.ts";
import { manifestProblems } from "./manifest-problems.ts";
import { type AddonChart, addonDirectory, renderApplication, renderChart } from "./render-chart.ts";
import type { RenderedObject } from "./rendered-object.ts";

let server: TestApiServer;
let client: KubeClient;
const warnings: string[] = [];

beforeAll(async () => {
  server = await startTestApiServer({
    apiServerArgs: ["--allow-privileged=true", "--service-cluster-ip-range=10.241.0.0/20,fd02::/108"],
  });
  client = server.client({ onWarning: (text) => warnings.push(text) });
});
afterAll(async () => server?.stop());

/** Custom resource definitions for real, then everything as a dry run, as the API server would take it. */
async function expectAccepted(objects: readonly RenderedObject[]): Promise<void> {
  warnings.length = 0;
  const crds = objects.filter(({ kind }) => kind === "CustomResourceDefinition");
  for (const crd of crds) await apply(crd, false);
  for (const crd of crds) await established(crd.metadata.name ?? "");
  for (const object of objects) await apply(object, true);
  expect(warnings).toEqual([]);
}

async function apply(object: RenderedObject, dryRun: boolean): Promise<void> {
  const type = await client.resourceFor(object.apiVersion, object.kind);
  await client.apply(type, object, { fieldManager: "fairlead", force: true, dryRun });
}

async function established(name: string): Promise<void> {
  const isEstablished = async () => {
    const { status } = await client.get(builtin.CustomResourceDefinition, { name });
    return status?.conditions?.some(({ type, status: value }) => type === "Established" && value === "True");
  };
  await waitFor(isEstablished, { what: `${name} to be established`, timeoutMs: 30_000 });
}

function renderAddon(chart: AddonChart, overrides: Parameters<typeof addonValues>[0] = {}) {
  return renderChart(addonDirectory(chart), { values: addonValues(overrides) });
}

const registry = "registry.example.com:5000/mirror";

/** Every add-on in every version of every catalogue, for one address family and for two, from a mirror. */
const variants = addonVersions.flatMap(({ chart, cni }) =>
  [undefined, dualStack].map((network) => ({
    name: `${chart} with ${cni.type} ${cni.version}${network ? ", dual stack" : ""}`,
    render: () =>
      renderChart(addonDirectory(chart), {
        values: addonValues({
          cni,
          ...(network ? { network } : {}),
          overwriteRegistry: registry,
        }),
      }),
  })),
);

describe("a real kube-apiserver accepts", () => {
  it.each(variants)("the add-on $name", async ({ render }) => {
    const objects = await render();
    expect(manifestProblems(objects)).toEqual([]);
    expect(imagesOf(objects).filter((image) => !image.startsWith(`${registry}/`))).toEqual([]);
    for (const configuration of cniConfigurations(objects)) cniSchema.parse(configuration);
    for (const configuration of flannelConfigurations(objects)) flannelSchema.parse(configuration);
    await expectAccepted(objects);
  });

  it("eBPF mode of Cilium, which needs the API server's address", async () => {
    const network = { proxyMode: "ebpf" } as const;
    const values = addonValues({ cni: { type: "cilium", version: "v1.12" }, network });
    await expectAccepted(await renderChart(addonDirectory("cilium"), { values }));
  });

  it.each(["1.13.8", "1.19.4"])("the Cilium stand-in %s with everything on", async (version) => {
    const values = {
      k8sServiceHost: "abcdefghij.example.com",
      kubeProxyReplacement: version === "1.13.8" ? "strict" : "true",
      ipv6: { enabled: true },
      hubble: { relay: { enabled: true }, ui: { enabled: true }, tls: { auto: { method: "cronJob" } } },
      envoy: { enabled: true },
    };
    await expectAccepted(await renderApplication("cilium", version, { values }));
  });

  it("and refuses a broken one, so the checks above can fail", async () => {
    const objects = await renderAddon("coredns", { network: { dnsServiceIP: "10.99.0.10" } });
    await expect(expectAccepted(objects)).rejects.toThrow(/10\.99\.0\.10/);
  });
});
