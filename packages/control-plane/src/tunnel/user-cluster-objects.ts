import type { KubeObject, Secret } from "@fairlead/kube";
import { type PkiFiles, requirePem } from "../pki/pki.ts";
import { serves, type TunnelStep } from "./tunnel.ts";

export interface TunnelObjectsOptions {
  step: TunnelStep;
  pki: PkiFiles;
  /**
   * Whether a metrics-server answers behind its Service. An APIService without one would leave every namespace
   * Terminating for ever.
   */
  servesMetrics: boolean;
}

/**
 * What a tunnel needs in `kube-system` of the user cluster and no add-on chart may hold: private keys, and the
 * registration of the metrics API, which may be there only while somebody serves it.
 */
export function tunnelUserClusterObjects(options: TunnelObjectsOptions): KubeObject[] {
  const { step, pki, servesMetrics } = options;
  const objects: KubeObject[] = [];
  if (serves(step, "konnectivity")) {
    objects.push(tlsSecret("metrics-server-serving-cert", pki, { certificate: "metrics-server-serving" }));
  }
  if (serves(step, "openvpn")) {
    objects.push(
      secret("openvpn-client-certificates", {
        "ca.crt": requirePem(pki, "openvpn-ca.crt"),
        "client.crt": requirePem(pki, "openvpn-client.crt"),
        "client.key": requirePem(pki, "openvpn-client.key"),
      }),
    );
  }
  if (servesMetrics) objects.push(metricsApi(requirePem(pki, "ca.crt")));
  return objects;
}

function metricsApi(ca: string): KubeObject {
  return {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: "v1beta1.metrics.k8s.io" },
    spec: {
      group: "metrics.k8s.io",
      version: "v1beta1",
      groupPriorityMinimum: 100,
      versionPriority: 100,
      service: { name: "metrics-server", namespace: "kube-system", port: 443 },
      caBundle: base64(ca),
    },
  } as KubeObject;
}

function tlsSecret(name: string, pki: PkiFiles, { certificate }: { certificate: string }): Secret {
  return {
    ...secret(name, {
      "tls.crt": requirePem(pki, `${certificate}.crt`),
      "tls.key": requirePem(pki, `${certificate}.key`),
    }),
    type: "kubernetes.io/tls",
  };
}

function secret(name: string, files: Record<string, string>): Secret {
  const data = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, base64(text)]));
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "kube-system" }, type: "Opaque", data };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
