import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Supervisor } from "@fairlead/components";
import type { RegistryAccess } from "../runner/chart-reference.ts";
import { RegistryClient, RegistryError } from "./registry-client.ts";
import { type RegistryListen, registryConfig, registryEnvironment } from "./registry-config.ts";

export interface RegistryOptions {
  supervisor: Supervisor;
  /** Path of distribution's `registry` v3. */
  binary: string;
  /** Holds configuration and content. */
  directory: string;
  /** On 127.0.0.1; free. */
  port: number;
  logFile: string;
  tls?: { certificateFile: string; keyFile: string; ca: string };
  htpasswdFile?: string;
  /** Name of the process; default `registry`. */
  name?: string;
  signal?: AbortSignal;
}

export interface RunningRegistry {
  /** `127.0.0.1:5000` */
  host: string;
  /** `http://127.0.0.1:5000` */
  url: string;
  /** How helm reaches it, without credentials. */
  access: RegistryAccess;
  stop(): Promise<void>;
}

/**
 * Starts a real OCI registry on loopback, with its content in files, and waits until it serves.
 * @throws ComponentError with the telling lines of its log
 */
export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const { supervisor, directory, port, tls, htpasswdFile, name = "registry" } = options;
  const host = `127.0.0.1:${port}`;
  const url = `${tls ? "https" : "http"}://${host}`;
  const listen: RegistryListen = { port, dataDirectory: join(directory, "data"), tls, htpasswdFile };
  const configFile = join(directory, "config.json");
  await mkdir(listen.dataDirectory, { recursive: true, mode: 0o700 });
  await writeFile(configFile, registryConfig(listen, randomBytes(32).toString("hex")), { mode: 0o600 });
  await supervisor.start(
    {
      name,
      command: options.binary,
      args: ["serve", configFile],
      env: registryEnvironment,
      logFile: options.logFile,
      ready: (signal) => untilServing({ url, ca: tls?.ca }, signal),
      readyTimeoutMs: 20_000,
      stopTimeoutMs: 5_000,
    },
    { signal: options.signal },
  );
  const access = { ...(tls ? { ca: tls.ca } : { plainHttp: true }), allowedAddresses: [host] };
  return { host, url, access, stop: () => supervisor.stop(name) };
}

async function untilServing(address: { url: string; ca: string | undefined }, signal: AbortSignal): Promise<void> {
  await using client = new RegistryClient(address);
  for (;;) {
    try {
      return await client.ping(signal);
    } catch (error) {
      if (error instanceof RegistryError && error.status === 401) return; // serves, to those who log in
      await sleep(50, undefined, { signal });
    }
  }
}
