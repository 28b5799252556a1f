import { join } from "node:path";
import { ensureBinaries, type Supervisor } from "@fairlead/components";
import { KubeClient } from "@fairlead/kube";
import type { KeyPair } from "../pki/certificate.ts";
import { managementPki } from "../pki/cluster-plan.ts";
import { grantAdminAccess } from "./access.ts";
import { pathOf } from "./binaries.ts";
import { Component } from "./component.ts";
import { apiServer, controllerManager, type LocalComponents } from "./components.ts";
import { ControlPlaneFiles } from "./control-plane-files.ts";
import { startEtcd } from "./etcd.ts";
import { loopback, PortRegistry, readPorts, writePorts } from "./ports.ts";

export interface StartManagementApiOptions {
  /** Holds data, certificates, kubeconfigs and logs. Created if need be. */
  directory: string;
  supervisor: Supervisor;
  /** From `localWebhookPki`: the API server gets a client certificate of it. */
  webhookAuthority: KeyPair;
  signal?: AbortSignal;
}

/** A running management API on loopback. */
export interface ManagementApi {
  readonly url: string;
  /** Paths of kubeconfig files: for people, and for Fairlead itself. */
  readonly adminKubeconfigPath: string;
  readonly managerKubeconfigPath: string;
  readonly adminKubeconfig: string;
  readonly managerKubeconfig: string;
  /**
   * Replaces certificates that are near their end, those in the kubeconfigs included. etcd and kube-apiserver read them anew and
   * go on; kube-controller-manager is restarted.
   */
  renew(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

// Nobody creates Services here, but kube-apiserver makes one for itself.
const network = {
  serviceCidrs: ["10.96.0.0/16"],
  nodePortRange: "30000-32767",
  cloudProvider: "",
  dualStack: false,
};
const serviceIp = "10.96.0.1";

/**
 * What an API server without nodes and pods needs, above all so that namespaces and owned objects get deleted. Service accounts that
 * nobody asked for, and the authority in each namespace, are for pods.
 */
const controllers = [
  "namespace-controller",
  "garbage-collector-controller",
  "serviceaccount-token-controller",
  "clusterrole-aggregation-controller",
  "validatingadmissionpolicy-status-controller",
];

/**
 * Starts etcd, kube-apiserver and the few controllers of the management API, and waits until the API serves. Data,
 * certificates and port are those of the last start in this directory.
 */
export async function startManagementApi(options: StartManagementApiOptions): Promise<ManagementApi> {
  const { directory, supervisor, signal = new AbortController().signal } = options;
  const binaries = await ensureBinaries(["kube-apiserver", "kube-controller-manager"], { signal });
  const etcd = await startEtcd({ name: "management", directory: join(directory, "etcd"), supervisor, signal });
  const ports = await new PortRegistry().assign("management", ["apiServer", "controllerManager"], {
    recorded: await readPorts(directory),
  });
  await writePorts(directory, ports);
  const complete = () =>
    ControlPlaneFiles.complete(directory, {
      name: "fairlead",
      url: `https://${loopback}:${ports.apiServer}`,
      plan: managementPki({
        names: { serviceIp, dnsDomain: "cluster.local" },
        etcdAuthority: etcd.authority,
        webhookAuthority: options.webhookAuthority,
      }),
      users: ["admin", "manager", "controller-manager"],
    });
  let files = await complete();
  const ended = new AbortController();
  // What fails there is in the component's log, and is tried again with the next start of the API server or renewal.
  const server = new Component(supervisor, () => void inTurn(() => followServer(ended.signal)).catch(() => undefined));
  const manager = new Component(supervisor, () => {});
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const shared = (): LocalComponents => ({ owner: "management", files, etcd, etcdPrefix: "/management/" });
  const followServer = async (signal: AbortSignal) => {
    // While it is down nobody is restarted: that comes when it is back.
    if (server.health !== "up") return;
    const servedBy = server.pid;
    const placed = { command: pathOf(binaries, "kube-controller-manager"), port: ports.controllerManager };
    const spec = { clusterId: "management", network: "none" } as const;
    await manager.ensure(controllerManager(shared(), spec, { ...placed, servedBy, controllers }), signal);
  };
  const stop = async () => {
    ended.abort();
    await last;
    await manager.stop();
    await server.stop();
    await etcd.stop();
  };
  const follow = async (signal: AbortSignal) => {
    await server.ensure(
      apiServer(shared(), network, { command: pathOf(binaries, "kube-apiserver"), port: ports.apiServer }),
      signal,
    );
    await using client = KubeClient.fromKubeconfig(files.kubeconfig("manager"));
    await Promise.all([grantAdminAccess(client, signal), followServer(signal)]);
  };
  try {
    await inTurn(() => follow(signal));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: files.url,
    adminKubeconfigPath: files.kubeconfigPath("admin"),
    managerKubeconfigPath: files.kubeconfigPath("manager"),
    get adminKubeconfig() {
      return files.kubeconfig("admin");
    },
    get managerKubeconfig() {
      return files.kubeconfig("manager");
    },
    renew: async (renewalSignal) => {
      await etcd.renew();
      files = await complete();
      await inTurn(() => follow(renewalSignal));
    },
    stop,
  };
}
