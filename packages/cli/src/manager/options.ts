import { isIP } from "node:net";
import { usageError } from "../command-error.ts";
import type { OidcFlags } from "../sign-in/server-flags.ts";

/** Where a server listens. */
export interface Listener {
  host: string;
  port: number;
}

/** `fairlead manager`, as its command line says it. Names are those of commander: `--webhook-url` is `webhookUrl`. */
export interface ManagerFlags extends OidcFlags {
  kubeconfig?: string;
  serviceAccount: string;
  namespace: string;
  identity: string;
  workerName: string;
  cache: string;
  charts?: string;
  web?: string;
  adminTokenFile: string;
  apiListen: Listener;
  webhookListen: Listener;
  metricsListen: Listener;
  webhookService: string;
  webhookUrl?: string;
  podLabel: string;
  logLevel: string;
}

/** `127.0.0.1:8080`, `[::]:8080`. @throws CommandError that says what would be accepted */
export function listener(text: string): Listener {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "";
  if (isIP(host) === 0 || Number(port) > 65_535) {
    throw usageError(`"${text}" is no address to listen on: expected for example 0.0.0.0:8080 or [::]:8080`);
  }
  return { host, port: Number(port) };
}

/** `https://fairlead.example.com:9443`, without a path. @throws CommandError that says what would be accepted */
export function origin(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== "https:" || text !== url.origin) {
    throw usageError(`"${text}" is no address of webhooks: expected for example https://fairlead.example.com:9443`);
  }
  return url.origin;
}
