import { join } from "node:path";
import { resolveBinary, type Supervisor } from "@fairlead/components";
import { etcdArguments } from "../flags/etcd.ts";
import type { KeyPair } from "../pki/certificate.ts";
import { etcdPki } from "../pki/cluster-plan.ts";
import { readPki, writePki } from "../pki/directory.ts";
import { completePki, requirePair } from "../pki/pki.ts";
import type { ComponentHealth } from "../provider.ts";
import { Component } from "./component.ts";
import { EtcdClient } from "./etcd-client.ts";
import { isHealthy } from "./https.ts";
import { loopback, PortRegistry, readPorts, writePorts } from "./ports.ts";

export interface StartEtcdOptions {
  /** Names the process `etcd/<name>`. */
  name: string;
  /** Holds data, certificates, log. Created if need be. */
  directory: string;
  supervisor: Supervisor;
  signal?: AbortSignal;
}

/** A running etcd of one member on loopback. */
export interface LocalEtcd {
  readonly url: string;
  readonly client: EtcdClient;
  /** Issues client certificates. */
  readonly authority: KeyPair;
  readonly health: ComponentHealth;
  onChange(listener: () => void): () => void;
  /** Replaces certificates that are near their end. etcd reads them anew for each connection, and is not restarted. */
  renew(): Promise<void>;
  stop(): Promise<void>;
}

const quotaBytes = 8 * 1024 ** 3;

/** Starts etcd and waits until it serves. Its data and its port are those of the last start in this directory. */
export async function startEtcd(options: StartEtcdOptions): Promise<LocalEtcd> {
  const { name, directory, supervisor, signal = new AbortController().signal } = options;
  const command = await resolveBinary("etcd", { signal });
  const pkiDirectory = join(directory, "pki");
  const complete = async () => {
    const files = await completePki(etcdPki(`etcd-${name}`), await readPki(pkiDirectory), new Date());
    await writePki(pkiDirectory, files);
    return files;
  };
  let pki = await complete();
  const ports = await new PortRegistry().assign(`etcd-${name}`, ["client"], {
    recorded: await readPorts(directory),
  });
  await writePorts(directory, ports);

  const url = `https://${loopback}:${ports.client}`;
  const authority = requirePair(pki, "ca");
  const identity = () => ({ ca: authority.cert, ...requirePair(pki, "root") });
  const listeners = new Set<() => void>();
  const component = new Component(supervisor, () => {
    for (const listener of listeners) listener();
  });
  await component.ensure(
    {
      name: `etcd/${name}`,
      command,
      args: etcdArguments({
        name,
        dataDir: join(directory, "data"),
        clientUrl: url,
        peerUrl: `https://${loopback}:0`,
        caFile: join(pkiDirectory, "ca.crt"),
        server: { cert: join(pkiDirectory, "server.crt"), key: join(pkiDirectory, "server.key") },
        quotaBytes,
      }),
      revision: "",
      logFile: join(directory, "etcd.log"),
      probe: (probeSignal) => isHealthy(`${url}/health`, identity(), probeSignal),
    },
    signal,
  );
  return {
    url,
    client: new EtcdClient(url, identity),
    authority,
    get health() {
      return component.health;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    renew: async () => {
      pki = await complete();
    },
    stop: () => component.stop(),
  };
}
