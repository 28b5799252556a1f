import type { KubermaticConfigurationSpec } from "@fairlead/resources";

/** Where the charts of system applications come from. */
export interface ChartSource {
  /** Host and path of the OCI repository, without `oci://`. */
  helmRepository: string;
  /** Only for a registry on loopback: talk HTTP instead of HTTPS. */
  plainHTTP: boolean;
  /** Do not verify the registry's certificate. */
  insecure?: boolean;
  /** By version: what the chart's digest has to be. */
  chartDigests?: Readonly<Record<string, string>>;
  /** Reference to a registry configuration in a Secret of the manager's namespace. */
  registryConfigFile?: { name: string; key: string };
}

/** Where KKP publishes its mirror of the charts; one setting of the KubermaticConfiguration replaces it. */
const upstreamRepository = "quay.io/kubermatic/helm-charts";

/** The settings stand below `userCluster`, and KKP's documentation has them at the top, too: key by key the former win. */
export function chartSource(spec: KubermaticConfigurationSpec | undefined): ChartSource {
  const settings = { ...spec?.systemApplications, ...spec?.userCluster?.systemApplications };
  const { helmRepository = upstreamRepository, plainHTTP, insecureSkipTLSVerify, chartDigests } = settings;
  const { name, key } = settings.helmRegistryConfigFile ?? {};
  return {
    helmRepository: helmRepository.replace(/^oci:\/\//, "").replace(/\/+$/, ""),
    plainHTTP: plainHTTP === true,
    ...(insecureSkipTLSVerify ? { insecure: true } : {}),
    ...(name && key ? { registryConfigFile: { name, key } } : {}),
    ...(chartDigests ? { chartDigests } : {}),
  };
}
