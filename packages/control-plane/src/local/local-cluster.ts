import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Supervisor } from "@fairlead/components";
import { KubeClient } from "@fairlead/kube";
import type { Logger } from "pino";
import type { KeyPair } from "../pki/certificate.ts";
import { userClusterPki } from "../pki/cluster-plan.ts";
import { writeSecretFile } from "../pki/directory.ts";
import type { ControlPlaneObservation } from "../provider.ts";
import type { ControlPlaneSpec } from "../spec.ts";
import type { Tunnel } from "../tunnel/tunnel.ts";
import { tunnelUserClusterObjects } from "../tunnel/user-cluster-objects.ts";
import { grantAdminAccess, grantKwokAccess } from "./access.ts";
import type { BinaryPaths, ControlPlaneBinaries } from "./binaries.ts";
import { Component } from "./component.ts";
import { apiServer, controllerManager, kwok, type LocalComponents, scheduler } from "./components.ts";
import { ControlPlaneFiles } from "./control-plane-files.ts";
import type { LocalEtcd } from "./etcd.ts";
import { kwokConfiguration } from "./kwok/configuration.ts";
import { loopback, type PortRegistry, readPorts, writePorts } from "./ports.ts";
import { simulatedTunnel, withTunnel } from "./simulated-tunnel.ts";
import type { StartSlots } from "./start-slots.ts";

export interface LocalClusterContext {
  directory: string;
  supervisor: Supervisor;
  etcd: LocalEtcd;
  webhookAuthority: KeyPair;
  ports: PortRegistry;
  binaries: ControlPlaneBinaries;
  starts: StartSlots;
  logger: Logger;
  onChange(): void;
}

const listeners = ["apiServer", "controllerManager", "scheduler"] as const;
type Ports = Record<(typeof listeners)[number], number>;

/** Everything on disk that the components of a cluster need to be started as it asks for now. */
interface Plan {
  spec: ControlPlaneSpec;
  ports: Ports;
  files: ControlPlaneFiles;
  kwokConfiguration: string;
}

/** One user cluster's control plane on this machine. */
export class LocalCluster {
  readonly #id: string;
  readonly #context: LocalClusterContext;
  readonly #logger: Logger;
  readonly #removed = new AbortController();
  readonly #apiServer: Component;
  readonly #controllerManager: Component;
  readonly #scheduler: Component;
  readonly #kwok: Component;
  #plan: Plan | undefined;
  /** Preparations run one after the other. */
  #preparing: Promise<unknown> = Promise.resolve();
  /** The one attempt under way to make the processes follow the plan. */
  #converging: Promise<void> | undefined;
  #reachedVersion: string | undefined;
  readonly #versions: NonNullable<ControlPlaneObservation["versions"]> = {};
  /** The process of kube-apiserver that was last seen to serve. */
  #servedBy: number | undefined;
  /** What kube-apiserver was last started with. */
  #tunnelInUse: Tunnel | undefined;
  #failure: { error: unknown } | undefined;

  constructor(id: string, context: LocalClusterContext) {
    this.#id = id;
    this.#context = context;
    this.#logger = context.logger.child({ cluster: id });
    const component = () => new Component(context.supervisor, () => this.#changed());
    this.#apiServer = component();
    this.#controllerManager = component();
    this.#scheduler = component();
    this.#kwok = component();
  }

  get #components(): Component[] {
    return [this.#kwok, this.#scheduler, this.#controllerManager, this.#apiServer];
  }

  /** See `ControlPlaneProvider.ensure`. */
  async ensure(spec: ControlPlaneSpec, signal: AbortSignal): Promise<ControlPlaneObservation> {
    this.#rethrowFailure();
    const prepared = this.#preparing.then(() => {
      signal.throwIfAborted();
      return this.#prepare(spec);
    });
    this.#preparing = prepared.catch(() => {});
    const plan = await prepared;
    this.#plan = plan;
    this.#converging ??= this.#converge();
    return this.#observationOf(plan);
  }

  observe(): ControlPlaneObservation | undefined {
    return this.#plan && this.#observationOf(this.#plan);
  }

  /** Probes what runs; a change is reported like any other. */
  async check(signal: AbortSignal): Promise<void> {
    if (this.#activity !== undefined) this.#changed();
    await Promise.all(this.#components.map((component) => component.check(signal)));
  }

  /** Ends the processes and waits until they are gone. What is being started is given up. */
  async stop(): Promise<void> {
    this.#removed.abort(new Error(`cluster ${this.#id} is being stopped`));
    await this.#preparing;
    await this.#converging;
    await Promise.all(this.#components.map((component) => component.stop()));
  }

  /** Ends the processes and removes keys, files and ports. */
  async remove(signal: AbortSignal): Promise<void> {
    const { etcd, directory, ports } = this.#context;
    await this.stop();
    const keys = await etcd.client.deletePrefix(etcdPrefix(this.#id), signal);
    await rm(directory, { recursive: true, force: true });
    ports.release(this.#id);
    this.#logger.info({ keys }, "Removed the control plane");
  }

  get #activity(): string | undefined {
    return this.#plan && this.#context.binaries.activity(this.#plan.spec.version);
  }

  #observationOf({ spec, ports, files }: Plan): ControlPlaneObservation {
    return {
      activity: this.#activity,
      health: {
        etcd: this.#context.etcd.health,
        apiserver: this.#apiServer.health,
        controllerManager: this.#controllerManager.health,
        scheduler: this.#scheduler.health,
      },
      address: { url: files.url, host: loopback, port: ports.apiServer },
      version: this.#reachedVersion ?? spec.version,
      versions: { ...this.#versions },
      adminKubeconfig: files.kubeconfig("admin"),
      managerKubeconfig: files.kubeconfig("manager"),
      userClusterObjects: tunnelUserClusterObjects({ step: spec.tunnel, pki: files.pki }),
      tunnel: simulatedTunnel(spec.tunnel, { health: this.#apiServer.health, inUse: this.#tunnelInUse }),
    };
  }

  async #prepare(spec: ControlPlaneSpec): Promise<Plan> {
    this.#removed.signal.throwIfAborted();
    const { directory, etcd, webhookAuthority } = this.#context;
    const ports = await this.#assignPorts();
    const files = await ControlPlaneFiles.complete(directory, {
      name: this.#id,
      url: `https://${loopback}:${ports.apiServer}`,
      plan: withTunnel(
        userClusterPki(this.#id, {
          names: { serviceIp: spec.apiServerServiceIp, dnsDomain: spec.dnsDomain },
          etcdAuthority: etcd.authority,
          webhookAuthority,
        }),
        spec,
      ),
      users: ["admin", "manager", "controller-manager", "scheduler", "kwok"],
    });
    const configuration = kwokConfiguration(spec);
    await writeSecretFile(this.#kwokConfigurationPath, configuration);
    return { spec, ports, files, kwokConfiguration: configuration };
  }

  async #assignPorts(): Promise<Ports> {
    const { directory, ports } = this.#context;
    const components: Record<(typeof listeners)[number], Component> = {
      apiServer: this.#apiServer,
      controllerManager: this.#controllerManager,
      scheduler: this.#scheduler,
    };
    const assigned = await ports.assign(this.#id, listeners, {
      recorded: await readPorts(directory),
      isListening: (name) => components[name].isListening,
    });
    await writePorts(directory, assigned);
    return assigned;
  }

  /** Follows the plan until it no longer changes. Never rejects: a failure waits for the next `ensure`. */
  async #converge(): Promise<void> {
    const signal = this.#removed.signal;
    try {
      let followed: Plan | undefined;
      while (this.#plan !== undefined && this.#plan !== followed) {
        followed = this.#plan;
        const plan = followed;
        // Before a slot is taken: a build lasts minutes, and other clusters have their binaries already.
        const binaries = await this.#context.binaries.resolve(plan.spec.version, signal);
        await this.#context.starts.run(() => this.#follow(plan, binaries, signal), signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#logger.warn({ err: error }, "Starting the control plane failed");
      this.#failure = { error };
      this.#changed();
    } finally {
      this.#converging = undefined;
    }
  }

  async #follow(plan: Plan, binaries: BinaryPaths, signal: AbortSignal): Promise<void> {
    const { spec, ports, files, kwokConfiguration: configuration } = plan;
    const shared: LocalComponents = {
      // As the namespace would be in a seed; apart from `management` and `etcd` whatever the id is.
      owner: `cluster-${this.#id}`,
      files,
      etcd: this.#context.etcd,
      etcdPrefix: etcdPrefix(this.#id),
    };
    const server = apiServer(shared, spec, { command: binaries.apiServer, port: ports.apiServer });
    // None of the others may be newer than the API server, and each may be one minor release older.
    await this.#apiServer.ensure(server, signal);
    // While it is down nobody is restarted: that comes when it is back.
    if (this.#apiServer.health === "up") this.#servedBy = this.#apiServer.pid;
    const servedBy = this.#servedBy;
    this.#versions.apiserver = spec.version;
    this.#tunnelInUse = spec.tunnel.use;
    this.#changed();
    const steps = [
      this.#controllerManager
        .ensure(
          controllerManager(
            shared,
            { network: "cluster", ...spec },
            { command: binaries.controllerManager, port: ports.controllerManager, servedBy },
          ),
          signal,
        )
        .then(() => {
          this.#versions.controllerManager = spec.version;
        }),
      this.#scheduler
        .ensure(scheduler(shared, { command: binaries.scheduler, port: ports.scheduler, servedBy }), signal)
        .then(() => {
          this.#versions.scheduler = spec.version;
        }),
      this.#startKwok(
        kwok(shared, {
          command: binaries.kwok,
          configFile: this.#kwokConfigurationPath,
          configuration,
          podCidr: spec.podCidrs[0] ?? "",
        }),
        { files, signal },
      ),
    ];
    // All are waited for: nothing may still be starting when this ends.
    const failed = (await Promise.allSettled(steps)).find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    this.#reachedVersion = spec.version;
  }

  async #startKwok(
    spec: Parameters<Component["ensure"]>[0],
    context: { files: ControlPlaneFiles; signal: AbortSignal },
  ): Promise<void> {
    const client = KubeClient.fromKubeconfig(context.files.kubeconfig("manager"));
    try {
      await Promise.all([grantAdminAccess(client, context.signal), grantKwokAccess(client, context.signal)]);
    } finally {
      await client.close();
    }
    await this.#kwok.ensure(spec, context.signal);
  }

  get #kwokConfigurationPath(): string {
    return join(this.#context.directory, "kwok.yaml");
  }

  #rethrowFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
  }

  #changed(): void {
    if (!this.#removed.signal.aborted) this.#context.onChange();
  }
}

/** Where a cluster's keys lie in the shared etcd. */
export function etcdPrefix(clusterId: string): string {
  return `/clusters/${clusterId}/`;
}
