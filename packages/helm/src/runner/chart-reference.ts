import { resolve } from "node:path";

/** A chart folder or a packaged chart on this machine. */
export interface LocalChart {
  kind: "path";
  path: string;
}

/** A chart in an OCI registry. */
export interface OciChart {
  kind: "oci";
  /** With the chart's name: `oci://quay.io/kubermatic/helm-charts/cilium`. */
  url: string;
  version: string;
  /** `sha256:…` of the manifest; helm refuses a chart that has another one. */
  digest?: string;
  access?: RegistryAccess;
}

export type ChartReference = LocalChart | OciChart;

/** How to reach a registry, and as whom. */
export interface RegistryAccess {
  /** HTTP without TLS: registries on loopback. */
  plainHttp?: boolean;
  /** PEM of a private certificate authority. */
  ca?: string;
  insecureSkipTlsVerify?: boolean;
  /** Credentials in the format of Docker's `config.json`, as in KKP's `helmRegistryConfigFile`. */
  registryConfig?: string;
}

/** `oci://host/path/name:version[@digest]`, or the absolute path. */
export function chartArgument(chart: ChartReference): string {
  if (chart.kind === "path") return resolve(chart.path); // helm runs in a folder of its own
  // A version may hold `+`, which no tag can; helm itself stores `_` instead, as `helm push` does.
  const tagged = `${chart.url}:${chart.version.replaceAll("+", "_")}`;
  return chart.digest ? `${tagged}@${chart.digest}` : tagged;
}

/** Docker's `config.json` for one registry. `host` with port if it has one. */
export function registryConfigFor(host: string, credentials: { username: string; password: string }): string {
  const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
  return JSON.stringify({ auths: { [host]: { auth } } });
}

/** Strings in the access data that may never be shown. */
export function secretsOf(access: RegistryAccess | undefined): string[] {
  if (!access?.registryConfig) return [];
  const encoded = [
    ...access.registryConfig.matchAll(/"(?:auth|password|identitytoken|registrytoken)"\s*:\s*"([^"]+)"/g),
  ];
  return encoded.flatMap(([, value = ""]) => {
    const decoded = Buffer.from(value, "base64").toString("utf8");
    const password = decoded.includes(":") ? decoded.slice(decoded.indexOf(":") + 1) : "";
    return [value, password].filter((secret) => secret !== "");
  });
}
