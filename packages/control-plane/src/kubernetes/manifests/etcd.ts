import type { KubeObject, Service, StatefulSet } from "@fairlead/kube";
import { etcdArguments } from "../../flags/etcd.ts";
import { type PkiFiles, requirePem } from "../../pki/pki.ts";
import type { SeedClusterSpec } from "../seed-spec.ts";
import { disruptionBudget, metadata, type Placed, podTemplate, probe, secret, selector, VERSION_LABEL } from "./pod.ts";

const name = "etcd";
const version = "3.6.16";
const clientPort = 2379;
const peerPort = 2380;
const metricsPort = 2381;
const dataPath = "/var/lib/etcd";
const filesPath = "/etc/etcd/pki";
const quotaBytes = 2 * 1024 ** 3;

/** `https://host:port` of every member. */
export function etcdEndpoints(placed: Placed, members: number): string[] {
  return memberNames(members).map((member) => `https://${hostOf(placed, member)}:${clientPort}`);
}

/** Members find one another by it before they are ready. */
export function etcdService(placed: Placed): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata(placed, name),
    spec: {
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: selector("etcd"),
      ports: [
        { name: "client", port: clientPort, targetPort: clientPort },
        { name: "peer", port: peerPort, targetPort: peerPort },
      ],
    },
  };
}

/**
 * etcd with TLS between members and to clients. All members are there from the beginning; the number of them is decided
 * when the cluster is created. It reads renewed certificates by itself.
 */
export function etcd(placed: Placed, spec: SeedClusterSpec, pki: PkiFiles): [KubeObject, StatefulSet, KubeObject] {
  const { replicas, diskSize, storageClass } = spec.etcd;
  const files = secret(placed, "etcd", {
    "ca.crt": requirePem(pki, "etcd-ca.crt"),
    "server.crt": requirePem(pki, "etcd-server.crt"),
    "server.key": requirePem(pki, "etcd-server.key"),
  });
  const self = hostOf(placed, "$(POD_NAME)");
  const template = podTemplate(placed, {
    component: "etcd",
    version,
    workload: spec.etcd,
    files: { secret: files, mountPath: filesPath, restarts: false },
    container: {
      name,
      image: `quay.io/coreos/etcd:v${version}`,
      command: ["etcd"],
      args: etcdArguments({
        name: "$(POD_NAME)",
        dataDir: `${dataPath}/data`,
        clientUrl: `https://${self}:${clientPort}`,
        peerUrl: `https://${self}:${peerPort}`,
        listen: { clientUrl: `https://0.0.0.0:${clientPort}`, peerUrl: `https://0.0.0.0:${peerPort}` },
        metricsUrl: `http://0.0.0.0:${metricsPort}`,
        members: Object.fromEntries(
          memberNames(replicas).map((member) => [member, `https://${hostOf(placed, member)}:${peerPort}`]),
        ),
        caFile: `${filesPath}/ca.crt`,
        server: { cert: `${filesPath}/server.crt`, key: `${filesPath}/server.key` },
        quotaBytes,
      }),
      env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
      ports: [
        { name: "client", containerPort: clientPort },
        { name: "peer", containerPort: peerPort },
        { name: "metrics", containerPort: metricsPort },
      ],
      volumeMounts: [{ name: "data", mountPath: dataPath }],
      startupProbe: probe({ httpGet: { path: "/readyz", port: "metrics" } }, { limit: 60 }),
      livenessProbe: probe({ httpGet: { path: "/livez", port: "metrics" } }, { limit: 8 }),
      readinessProbe: probe({ httpGet: { path: "/readyz", port: "metrics" } }, { limit: 3 }),
    },
  });
  const claim: KubeObject & { spec: object } = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data" },
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      resources: { requests: { storage: diskSize } },
    },
  };
  const meta = metadata(placed, name);
  return [
    files,
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { ...meta, labels: { ...meta.labels, [VERSION_LABEL]: version } },
      spec: {
        replicas,
        serviceName: name,
        selector: { matchLabels: selector("etcd") },
        // One after the other, the first would wait for ever for the others' votes.
        podManagementPolicy: "Parallel",
        updateStrategy: { type: "RollingUpdate" },
        template,
        volumeClaimTemplates: [claim],
      },
    },
    disruptionBudget(placed, "etcd"),
  ];
}

function memberNames(members: number): string[] {
  return Array.from({ length: members }, (_, index) => `${name}-${index}`);
}

function hostOf({ namespace }: Placed, member: string): string {
  return `${member}.${name}.${namespace}.svc.cluster.local`;
}
