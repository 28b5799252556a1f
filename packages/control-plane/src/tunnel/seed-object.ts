import type { ConfigMap, KubeObject, ObjectMeta, Secret } from "@fairlead/kube";
import type { SeedTunnelOptions } from "./seed-types.ts";
import type { Tunnel } from "./tunnel.ts";

/** On every object of a tunnel in a seed: to which tunnel it belongs, so that what an old one left is found. */
export const tunnelLabel = "fairlead.dev/tunnel";

interface Owner {
  namespace: string;
  tunnel: Tunnel;
}

export function seedMetadata(name: string, { namespace, tunnel }: Owner): ObjectMeta {
  return { name, namespace, labels: { [tunnelLabel]: tunnel } };
}

export function seedConfigMap(name: string, owner: Owner, data: Record<string, string>): ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: seedMetadata(name, owner), data };
}

export function seedSecret(name: string, owner: Owner, files: Record<string, string>): Secret {
  const data = Object.fromEntries(
    Object.entries(files).map(([file, text]) => [file, Buffer.from(text).toString("base64")]),
  );
  return { apiVersion: "v1", kind: "Secret", metadata: seedMetadata(name, owner), type: "Opaque", data };
}

/** Lets the pods labelled `app: <from>` reach those labelled `app: <to>`, where a policy denies all egress. */
export function allowEgress(
  name: string,
  owner: Owner,
  { from, to, ports }: { from: string; to: string; ports: readonly { port: number; protocol: "TCP" | "UDP" }[] },
): KubeObject {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: seedMetadata(name, owner),
    spec: {
      podSelector: { matchLabels: { app: from } },
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: { matchLabels: { app: to } } }], ports: [...ports] }],
    },
  } as KubeObject;
}

/** An image reference, its registry host replaced where the installation has a registry of its own. */
export function seedImage(image: string, { overwriteRegistry }: Pick<SeedTunnelOptions, "overwriteRegistry">): string {
  return overwriteRegistry ? `${overwriteRegistry}${image.slice(image.indexOf("/"))}` : image;
}

/** What the restricted Pod Security level asks of a container; the pod says who runs it. */
export const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
} as const;
