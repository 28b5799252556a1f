import type { Container, Deployment, KubeObject, PodSpec, StatefulSet } from "@fairlead/kube";
import type { ClusterSpec } from "@fairlead/resources";
import { beforeAll, describe, expect, test } from "vitest";
import { testCluster } from "../../cluster.fixture.ts";
import { createAuthority } from "../../pki/certificate.ts";
import { seedClusterPki } from "../../pki/cluster-plan.ts";
import { completePki, type PkiFiles } from "../../pki/pki.ts";
import { seedClusterSpec } from "../seed-spec.ts";
import { apiServer } from "./api-server.ts";
import { etcd } from "./etcd.ts";
import { controllerManager, scheduler } from "./leader-elected.ts";
import { networkPolicies } from "./network-policies.ts";
import type { Placed } from "./pod.ts";

const placed: Placed = { clusterId: "abc", namespace: "cluster-abc", overwriteRegistry: "" };
const address = { url: "https://abc.example.com:30443", host: "abc.example.com", port: 30_443 };
const names = { serviceIp: "10.240.16.1", dnsDomain: "cluster.local", seedNamespace: "cluster-abc" };
const additions = { initContainers: [], containers: [], volumes: [], volumeMounts: [], annotations: {}, pod: {} };
let pki: PkiFiles;

beforeAll(async () => {
  const webhookAuthority = await createAuthority("webhook", new Date());
  pki = await completePki(seedClusterPki("abc", { names, webhookAuthority }), {}, new Date());
});

function manifests(options: { spec?: Partial<ClusterSpec>; overwriteRegistry?: string } = {}): KubeObject[] {
  const spec = seedClusterSpec(testCluster({ spec: options.spec ?? {} }));
  const where = { ...placed, overwriteRegistry: options.overwriteRegistry ?? "" };
  return [
    ...etcd(where, spec, pki),
    ...apiServer(where, spec, { address, pki, additions }),
    ...controllerManager(where, spec, pki),
    ...scheduler(where, spec, pki),
  ];
}

function pod(objects: KubeObject[], name: string): PodSpec {
  const found = objects.find(
    ({ kind, metadata }) => /Deployment|StatefulSet/.test(kind ?? "") && metadata.name === name,
  );
  if (!found) throw new Error(`there is no ${name}`);
  return (found as Deployment | StatefulSet).spec?.template.spec ?? { containers: [] };
}

function container(objects: KubeObject[], name: string): Container {
  const [first] = pod(objects, name).containers;
  if (!first) throw new Error(`${name} has no container`);
  return first;
}

const components = ["etcd", "apiserver", "controller-manager", "scheduler"];

test.each(components)("%s finds each file that its arguments name in what is mounted", (name) => {
  const objects = manifests();
  const { args = [], volumeMounts = [] } = container(objects, name);
  const [mount] = volumeMounts;
  const secretName = pod(objects, name).volumes?.find((volume) => volume.name === mount?.name)?.secret?.secretName;
  const secret = objects.find(({ kind, metadata }) => kind === "Secret" && metadata.name === secretName);
  const files = Object.keys((secret as { data?: object } | undefined)?.data ?? {}).map(
    (file) => `${mount?.mountPath}/${file}`,
  );
  const named = args.flatMap((argument) => argument.match(/=(\/etc\/[^,]+)$/)?.[1] ?? []);
  expect(named.length).toBeGreaterThan(2);
  expect(files).toEqual(expect.arrayContaining(named));
});

test("authorities' keys are mounted by nobody but the controller manager, which signs", () => {
  const holders = manifests().flatMap(({ kind, metadata, ...rest }) =>
    kind === "Secret" && "ca.key" in ((rest as { data?: object }).data ?? {}) ? [metadata.name] : [],
  );
  expect(holders).toEqual(["kube-controller-manager"]);
});

describe("an operator's settings", () => {
  test("replace single quantities, and replicas", () => {
    const objects = manifests({
      spec: {
        componentsOverride: {
          apiserver: { replicas: 3, resources: { requests: { cpu: 2 } } },
          scheduler: { tolerations: [{ key: "dedicated", operator: "Exists" }] },
        },
      },
    });
    expect(container(objects, "apiserver").resources?.requests).toEqual({ cpu: "2", memory: "384Mi" });
    expect(objects.find(({ metadata }) => metadata.name === "apiserver")).toMatchObject({ spec: { replicas: 3 } });
    expect(pod(objects, "scheduler").tolerations).toEqual([{ key: "dedicated", operator: "Exists" }]);
  });

  test("replace the host of every image", () => {
    const objects = manifests({ overwriteRegistry: "registry.example:5000" });
    for (const name of components) {
      expect(container(objects, name).image, name).toMatch(/^registry\.example:5000\/(coreos\/etcd|kube-[a-z-]+):v/);
    }
  });
});

test("a version whose API server cannot open single paths is probed by its port", () => {
  const probe = (version: string) => container(manifests({ spec: { version } }), "apiserver").readinessProbe;
  expect(probe("1.31.4")).toHaveProperty("tcpSocket");
  expect(probe("1.36.3")).toHaveProperty("httpGet");
});

test("a new certificate replaces the pods that hold it, but for etcd's, which are read again", () => {
  const annotations = (name: string) =>
    (
      manifests().find(
        ({ kind, metadata }) => /Deployment|StatefulSet/.test(kind ?? "") && metadata.name === name,
      ) as Deployment
    ).spec?.template.metadata?.annotations;
  expect(annotations("etcd")).toBeUndefined();
  const before = annotations("scheduler");
  expect(before).toHaveProperty(["fairlead.dev/files"]);
  const old = pki;
  pki = { ...pki, "scheduler.crt": "another", "etcd-server.crt": "another" };
  expect(annotations("scheduler")).not.toEqual(before);
  expect(annotations("etcd")).toBeUndefined();
  pki = old;
});

test("kube-apiserver may call Fairlead's webhooks, etcd and name servers, and nothing else", () => {
  const webhooks = { kind: "pods", namespace: "kubermatic", labels: { app: "fairlead" }, port: 9443 } as const;
  const named = (name: string) =>
    networkPolicies(placed, { webhooks, tunnel: { use: "openvpn" } }).find(({ metadata }) => metadata.name === name);
  expect(named("default-deny")).toMatchObject({ spec: { policyTypes: ["Ingress", "Egress"] } });
  expect(named("apiserver-allow")).toMatchObject({
    spec: {
      egress: [
        { to: [{ podSelector: { matchLabels: { app: "etcd" } } }], ports: [{ port: 2379 }] },
        {
          to: [
            {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kubermatic" } },
              podSelector: { matchLabels: { app: "fairlead" } },
            },
          ],
          ports: [{ port: 9443 }],
        },
      ],
    },
  });
});
