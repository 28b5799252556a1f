import { defineResource, type KubeClient, type KubeObject } from "@fairlead/kube";
import { FIELD_MANAGER, KUBE_SYSTEM } from "../names.ts";

interface ApiService extends KubeObject {
  spec?: { caBundle?: string };
}

const apiServiceType = defineResource<ApiService>({
  group: "apiregistration.k8s.io",
  version: "v1",
  kind: "APIService",
  plural: "apiservices",
  namespaced: false,
});

const name = "v1beta1.metrics.k8s.io";

function metricsApi(ca: string): ApiService {
  const spec = {
    group: "metrics.k8s.io",
    version: "v1beta1",
    groupPriorityMinimum: 100,
    versionPriority: 100,
    service: { name: "metrics-server", namespace: KUBE_SYSTEM, port: 443 },
    caBundle: Buffer.from(ca).toString("base64"),
  };
  return { metadata: { name, labels: { "app.kubernetes.io/managed-by": "fairlead" } }, spec };
}

export interface MetricsApiOptions {
  /** Whether a metrics-server answers. */
  isServed: boolean;
  /** Signed the metrics-server's certificate; PEM. */
  ca: () => string;
  signal: AbortSignal;
}

/**
 * Registers the metrics API while somebody serves it, and takes it away when nobody does: Kubernetes deletes no namespace
 * before every registered API has said what it has in there, and one that does not answer stops that for ever.
 */
export async function reconcileMetricsApi(client: KubeClient, options: MetricsApiOptions): Promise<void> {
  const { isServed, ca, signal } = options;
  const existing = await client.find(apiServiceType, { name }, { signal });
  if (isServed) {
    const wanted = metricsApi(ca());
    if (existing?.spec?.caBundle === wanted.spec?.caBundle) return;
    await client.apply(apiServiceType, wanted, { fieldManager: FIELD_MANAGER, force: true, signal });
  } else if (existing && isOurs(existing)) {
    await client.deleteIfExists(apiServiceType, { name }, { signal });
  }
}

/** A user may run a metrics-server of his own. */
function isOurs({ metadata }: KubeObject): boolean {
  return metadata.labels?.["app.kubernetes.io/managed-by"] === "fairlead";
}
