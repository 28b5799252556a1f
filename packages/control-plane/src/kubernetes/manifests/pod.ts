/**
 * What all pods of a control plane have in common. Pure.
 * @module
 */
import { createHash } from "node:crypto";
import type { Container, KubeObject, PodTemplateSpec, Secret } from "@fairlead/kube";
import { seedImage } from "../../tunnel/seed-object.ts";
import type { ApiServerParts } from "../../tunnel/seed-types.ts";
import type { WorkloadSpec } from "../seed-spec.ts";

/** What the objects of one control plane have in common. */
export interface Placed {
  clusterId: string;
  namespace: string;
  /** Registry that replaces the host of every image; empty: their own. */
  overwriteRegistry: string;
}

/** A part of a control plane; also the value of label `app` on its pods. */
export type Component = "etcd" | "apiserver" | "controller-manager" | "scheduler";

/** Selected by: label `app`, as in KKP. */
export const APP_LABEL = "app";
/** On everything of a control plane, with the cluster's id. */
export const CLUSTER_LABEL = "fairlead.dev/cluster";
/** Kubernetes version, on the workloads. */
export const VERSION_LABEL = "app.kubernetes.io/version";

/** No user of any image: what belongs to nobody. */
const nobody = 65532;
/** Readable for the group only, which is that of `nobody`. */
const secretMode = 0o440;

export interface MountedSecret {
  secret: Secret;
  mountPath: string;
  /** False where the program reads its files again by itself: new content then restarts no pod. */
  restarts: boolean;
}

export interface PodOptions {
  component: Component;
  version: string;
  workload: WorkloadSpec;
  container: Pick<
    Container,
    "command" | "args" | "ports" | "env" | "volumeMounts" | "livenessProbe" | "readinessProbe" | "startupProbe"
  > & { name: string; image: string };
  files: MountedSecret;
  /** What the tunnel adds. */
  additions?: PodAdditions;
  terminationGracePeriodSeconds?: number;
}

/** What the tunnel adds to a pod. */
type PodAdditions = Omit<ApiServerParts, "egressSelectorConfigFile">;

/** A pod that passes the restricted Pod Security level; additions may lower that. */
export function podTemplate(placed: Placed, options: PodOptions): PodTemplateSpec {
  const { component, container, files, additions, workload } = options;
  const volumeMounts = [
    { name: "files", mountPath: files.mountPath, readOnly: true },
    ...(container.volumeMounts ?? []),
    ...(additions?.volumeMounts ?? []),
  ];
  return {
    metadata: {
      labels: podLabels(placed, component),
      ...(files.restarts
        ? { annotations: { "fairlead.dev/files": digestOf(files.secret), ...additions?.annotations } }
        : {}),
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: nobody,
        runAsGroup: nobody,
        fsGroup: nobody,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...(additions?.initContainers.length ? { initContainers: additions.initContainers } : {}),
      containers: [
        {
          ...container,
          image: seedImage(container.image, placed),
          resources: workload.resources,
          volumeMounts,
          securityContext: restrictedContainer,
        },
        ...(additions?.containers ?? []),
      ],
      volumes: [
        { name: "files", secret: { secretName: files.secret.metadata.name ?? "", defaultMode: secretMode } },
        ...(additions?.volumes ?? []),
      ],
      // An empty list is not stored, and would look like a change each time.
      ...(workload.tolerations.length > 0 ? { tolerations: [...workload.tolerations] } : {}),
      topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selector(component) },
      })),
      ...(options.terminationGracePeriodSeconds
        ? { terminationGracePeriodSeconds: options.terminationGracePeriodSeconds }
        : {}),
      ...additions?.pod,
    },
  };
}

const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

export function selector(component: Component): Record<string, string> {
  return { [APP_LABEL]: component };
}

function labels(placed: Placed): Record<string, string> {
  return { [CLUSTER_LABEL]: placed.clusterId, "app.kubernetes.io/part-of": "fairlead" };
}

function podLabels(placed: Placed, component: Component): Record<string, string> {
  return { ...labels(placed), ...selector(component) };
}

/** Metadata of an object in the cluster's namespace. */
export function metadata(placed: Placed, name: string): KubeObject["metadata"] & { name: string } {
  return { name, namespace: placed.namespace, labels: labels(placed) };
}

export function secret(placed: Placed, name: string, files: Readonly<Record<string, string>>): Secret {
  const data = Object.fromEntries(
    Object.entries(files).map(([file, text]) => [file, Buffer.from(text).toString("base64")]),
  );
  return { apiVersion: "v1", kind: "Secret", metadata: metadata(placed, name), type: "Opaque", data };
}

/** Lets a drain take one pod at a time. */
export function disruptionBudget(placed: Placed, component: Component): KubeObject {
  const spec = { maxUnavailable: 1, selector: { matchLabels: selector(component) } };
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadata(placed, component),
    spec,
  } as KubeObject;
}

function digestOf({ data = {} }: Secret): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(data).sort())
    hash
      .update(name)
      .update("\0")
      .update(data[name] ?? "")
      .update("\0");
  return hash.digest("hex");
}

/** How often a kubelet asks; `limit` failures in a row count. */
export function probe(check: object, { limit, periodSeconds = 10 }: { limit: number; periodSeconds?: number }): object {
  return { ...check, failureThreshold: limit, periodSeconds, timeoutSeconds: 15 };
}
