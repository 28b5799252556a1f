/**
 * The ApplicationDefinitions of the CNIs that come as applications, made from the catalogue. Pure.
 * @module
 */
import type { ChartSource } from "@fairlead/admission";

const MANAGED_BY_LABEL = "apps.kubermatic.k8c.io/managed-by";
const APPLICATION_TYPE_LABEL = "apps.kubermatic.k8c.io/type";

/** KKP's labels of what the platform manages; clients look for exactly these. */
export const CNI_APPLICATION_LABELS = { [MANAGED_BY_LABEL]: "kkp", [APPLICATION_TYPE_LABEL]: "cni" } as const;

/**
 * Values that a new Cilium installation starts with, unless the administrator changed them in the definition.
 * One operator replica suffices for a small cluster; `cronJob` renews Hubble's certificates, which Helm's own method
 * does only when somebody upgrades (documentation page, section on CNI as system application).
 */
export const CILIUM_DEFAULT_VALUES = {
  operator: { replicas: 1 },
  hubble: { relay: { enabled: true }, ui: { enabled: true }, tls: { auto: { method: "cronJob" } } },
} as const;

export interface ApplicationDefinitionManifest {
  apiVersion: "apps.kubermatic.k8c.io/v1";
  kind: "ApplicationDefinition";
  metadata: { name: string; labels: Record<string, string> };
  spec: {
    description: string;
    method: "helm";
    versions: {
      version: string;
      template: {
        source: {
          helm: {
            url: string;
            chartName: string;
            chartVersion: string;
            plainHTTP?: boolean;
            insecure?: boolean;
            chartDigest?: string;
            credentials?: { registryConfigFile: { name: string; key: string } };
          };
        };
      };
    }[];
    defaultValues?: Record<string, unknown>;
  };
}

/**
 * @param versions chart versions of the catalogue, supported and deprecated: a deprecated one is still installed
 *   somewhere, and taking it out of the definition would take its clusters' CNI away (ruling 13)
 */
export function ciliumDefinition(versions: readonly string[], source: ChartSource): ApplicationDefinitionManifest {
  return {
    apiVersion: "apps.kubermatic.k8c.io/v1",
    kind: "ApplicationDefinition",
    metadata: { name: "cilium", labels: { ...CNI_APPLICATION_LABELS } },
    spec: {
      description: "Cilium CNI: eBPF-based networking, observability and security",
      method: "helm",
      versions: versions.map((version) => ({
        version,
        template: {
          source: {
            helm: {
              url: `oci://${source.helmRepository}`,
              chartName: "cilium",
              chartVersion: version,
              ...(source.plainHTTP ? { plainHTTP: true } : {}),
              ...(source.insecure ? { insecure: true } : {}),
              ...(source.chartDigests?.[version] ? { chartDigest: source.chartDigests[version] } : {}),
              ...(source.registryConfigFile ? { credentials: { registryConfigFile: source.registryConfigFile } } : {}),
            },
          },
        },
      })),
    },
  };
}
