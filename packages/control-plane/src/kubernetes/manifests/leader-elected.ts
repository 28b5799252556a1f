import type { KubeObject } from "@fairlead/kube";
import { controllerManagerArguments } from "../../flags/controller-manager.ts";
import { schedulerArguments } from "../../flags/scheduler.ts";
import { kubeconfig } from "../../pki/kubeconfig.ts";
import { type PkiFiles, requirePair, requirePem } from "../../pki/pki.ts";
import { internalApiServerUrl } from "../address.ts";
import type { SeedClusterSpec, WorkloadSpec } from "../seed-spec.ts";
import { deployment } from "./deployment.ts";
import { disruptionBudget, type Placed, podTemplate, probe, secret } from "./pod.ts";

/** kube-controller-manager. */
export function controllerManager(placed: Placed, spec: SeedClusterSpec, pki: PkiFiles): KubeObject[] {
  const component = leaderElected("controller-manager", spec.controllerManager, 10_257);
  const { path } = component;
  return objectsOf(placed, spec, {
    ...component,
    pki,
    further: ["ca.crt", "ca.key", "sa.key"],
    args: controllerManagerArguments(
      { network: "cluster", ...spec },
      {
        ...component.serving,
        rootCaFile: path("ca.crt"),
        signing: { cert: path("ca.crt"), key: path("ca.key") },
        serviceAccountPrivateKey: path("sa.key"),
      },
    ),
  });
}

/** kube-scheduler. */
export function scheduler(placed: Placed, spec: SeedClusterSpec, pki: PkiFiles): KubeObject[] {
  const component = leaderElected("scheduler", spec.scheduler, 10_259);
  return objectsOf(placed, spec, { ...component, pki, further: [], args: schedulerArguments(component.serving) });
}

/** What kube-controller-manager and kube-scheduler share: of several replicas one works, and each serves its health. */
function leaderElected(name: "controller-manager" | "scheduler", workload: WorkloadSpec, port: number) {
  const path = (file: string) => `/etc/kubernetes/${name}/${file}`;
  const serving = {
    bindAddress: "0.0.0.0",
    securePort: port,
    serving: { cert: path(`${name}.crt`), key: path(`${name}.key`) },
    kubeconfig: path("kubeconfig"),
    leaderElect: true,
  };
  return { name, workload, port, path, serving };
}

interface LeaderElected extends ReturnType<typeof leaderElected> {
  pki: PkiFiles;
  /** PEM files beside its own certificate. */
  further: readonly string[];
  args: string[];
}

function objectsOf(placed: Placed, spec: SeedClusterSpec, component: LeaderElected): KubeObject[] {
  const { name, workload, pki, args, port } = component;
  const files = secret(placed, `kube-${name}`, {
    kubeconfig: kubeconfig({
      clusterName: spec.clusterId,
      userName: name,
      server: internalApiServerUrl(spec.clusterId),
      authority: requirePem(pki, "ca.crt"),
      client: requirePair(pki, name),
    }),
    ...Object.fromEntries(
      [`${name}.crt`, `${name}.key`, ...component.further].map((file) => [file, requirePem(pki, file)]),
    ),
  });
  const check = { httpGet: { path: "/healthz", port: "https", scheme: "HTTPS" } };
  const template = podTemplate(placed, {
    component: name,
    version: spec.version,
    workload,
    files: { secret: files, mountPath: `/etc/kubernetes/${name}`, restarts: true },
    container: {
      name: `kube-${name}`,
      image: `registry.k8s.io/kube-${name}:v${spec.version}`,
      command: [`kube-${name}`],
      args,
      ports: [{ name: "https", containerPort: port }],
      startupProbe: probe(check, { limit: 30 }),
      livenessProbe: probe(check, { limit: 8 }),
      readinessProbe: probe(check, { limit: 3 }),
    },
  });
  return [
    files,
    deployment(placed, { component: name, version: spec.version, replicas: workload.replicas, template }),
    disruptionBudget(placed, name),
  ];
}
