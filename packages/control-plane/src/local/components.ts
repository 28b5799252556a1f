import { type ApiServerSpec, apiServerArguments } from "../flags/api-server.ts";
import { type ControllerManagerSpec, controllerManagerArguments } from "../flags/controller-manager.ts";
import { schedulerArguments } from "../flags/scheduler.ts";
import type { ComponentSpec } from "./component.ts";
import type { ControlPlaneFiles } from "./control-plane-files.ts";
import type { LocalEtcd } from "./etcd.ts";
import { isHealthy } from "./https.ts";
import { kwokArguments } from "./kwok/configuration.ts";
import { loopback } from "./ports.ts";

/** What the components of one control plane on loopback have in common. */
export interface LocalComponents {
  /** Prefix of the process names. */
  owner: string;
  files: ControlPlaneFiles;
  etcd: Pick<LocalEtcd, "url">;
  etcdPrefix: string;
}

/** A component's binary and port. */
export interface Placed {
  command: string;
  port: number;
}

/**
 * Of a component that follows the API server. In production one that finds it gone gives up its lease, ends and begins anew. Here none
 * has a lease: one that outlived its API server has been seen to collect no garbage for minutes, since what it had discovered was wrong.
 */
export interface Following extends Placed {
  /** The process that answers it; another one restarts it. */
  servedBy?: number | undefined;
}

/** What never changes while it runs. It reads certificates again by itself, so their renewal costs no connection. */
const apiServerPem = ["ca.crt", "front-proxy-ca.crt", "etcd-ca.crt", "sa.pub"];

export function apiServer(shared: LocalComponents, spec: ApiServerSpec, { command, port }: Placed): ComponentSpec {
  const { files } = shared;
  const name = "kube-apiserver";
  return {
    name: `${shared.owner}/${name}`,
    command,
    args: apiServerArguments(spec, {
      bindAddress: loopback,
      advertiseAddress: loopback,
      securePort: port,
      url: files.url,
      pki: files.apiServerPki(),
      etcd: {
        endpoints: [shared.etcd.url],
        prefix: shared.etcdPrefix,
        caFile: files.pkiPath("etcd-ca.crt"),
        client: files.pair("etcd-client"),
      },
      admissionConfigFile: files.admissionConfigPath,
    }),
    revision: files.revision(apiServerPem),
    logFile: files.logPath(name),
    probe: (signal) => isHealthy(`${files.url}/readyz`, files.identity(), signal),
  };
}

export function controllerManager(
  shared: LocalComponents,
  spec: ControllerManagerSpec,
  { command, port, servedBy, controllers }: Following & { controllers?: readonly string[] },
): ComponentSpec {
  const { files } = shared;
  const name = "kube-controller-manager";
  return {
    name: `${shared.owner}/${name}`,
    command,
    args: controllerManagerArguments(spec, {
      ...serving(files, "controller-manager", port),
      rootCaFile: files.pkiPath("ca.crt"),
      signing: files.pair("ca"),
      serviceAccountPrivateKey: files.pkiPath("sa.key"),
      controllers,
    }),
    revision: files.revision(
      ["controller-manager.crt", "sa.pub"],
      [files.kubeconfig("controller-manager"), `${servedBy}`],
    ),
    logFile: files.logPath(name),
    probe: probeHealthz(files, port),
  };
}

export function scheduler(shared: LocalComponents, { command, port, servedBy }: Following): ComponentSpec {
  const { files } = shared;
  const name = "kube-scheduler";
  return {
    name: `${shared.owner}/${name}`,
    command,
    args: schedulerArguments(serving(files, "scheduler", port)),
    revision: files.revision(["scheduler.crt"], [files.kubeconfig("scheduler"), `${servedBy}`]),
    logFile: files.logPath(name),
    probe: probeHealthz(files, port),
  };
}

/** kwok serves nothing: its server would offer exec and logs without asking who is there. */
export function kwok(
  shared: LocalComponents,
  options: { command: string; configFile: string; configuration: string; podCidr: string },
): ComponentSpec {
  const { files } = shared;
  const { command, configFile, configuration, podCidr } = options;
  return {
    name: `${shared.owner}/kwok`,
    command,
    args: kwokArguments({ kubeconfig: files.kubeconfigPath("kwok"), configFile, podCidr }),
    revision: files.revision([], [files.kubeconfig("kwok"), configuration]),
    logFile: files.logPath("kwok"),
  };
}

function serving(files: ControlPlaneFiles, user: "controller-manager" | "scheduler", port: number) {
  return {
    bindAddress: loopback,
    securePort: port,
    serving: files.pair(user),
    kubeconfig: files.kubeconfigPath(user),
    leaderElect: false,
  };
}

function probeHealthz(files: ControlPlaneFiles, port: number) {
  return (signal: AbortSignal) => isHealthy(`https://${loopback}:${port}/healthz`, files.identity(), signal);
}
