import { parse } from "yaml";
import type { TransportOptions } from "./transport.ts";

interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name: string; context: { cluster: string; user: string } }[];
  clusters?: { name: string; cluster: ClusterEntry }[];
  users?: { name: string; user?: UserEntry }[];
}

interface ClusterEntry {
  server?: string;
  "certificate-authority-data"?: string;
  "certificate-authority"?: string;
  "insecure-skip-tls-verify"?: boolean;
  "tls-server-name"?: string;
  "proxy-url"?: string;
}

interface UserEntry {
  "client-certificate-data"?: string;
  "client-key-data"?: string;
  token?: string;
  [field: string]: unknown;
}

const unsupportedUserFields = [
  "exec",
  "auth-provider",
  "client-certificate",
  "client-key",
  "tokenFile",
  "username",
  "password",
  "as",
] as const;

/**
 * Server and credentials of the current context (or of `context`) of a kubeconfig whose data is embedded.
 * @throws Error that names the field, for a kubeconfig that lacks something or that needs files, plugins or a proxy
 */
export function parseKubeconfig(text: string, context?: string): TransportOptions {
  // JSON is YAML, and read much faster.
  const config = ((text.startsWith("{") ? JSON.parse(text) : parse(text)) ?? {}) as Kubeconfig;
  const contextName = context ?? config["current-context"];
  if (!contextName) throw new Error("kubeconfig: current-context: required");
  const entry = named(config.contexts, contextName, "contexts").context;
  const cluster = named(config.clusters, entry.cluster, "clusters").cluster;
  const user = named(config.users, entry.user, "users").user ?? {};
  refuse(cluster, ["certificate-authority", "proxy-url"], `clusters[${entry.cluster}].cluster`);
  refuse(user, unsupportedUserFields, `users[${entry.user}].user`);
  if (!cluster.server) throw new Error(`kubeconfig: clusters[${entry.cluster}].cluster.server: required`);
  return {
    server: cluster.server,
    ca: decode(cluster["certificate-authority-data"]),
    cert: decode(user["client-certificate-data"]),
    key: decode(user["client-key-data"]),
    token: user.token,
    tlsServerName: cluster["tls-server-name"],
    insecureSkipTlsVerify: cluster["insecure-skip-tls-verify"],
  };
}

function named<T extends { name: string }>(entries: T[] | undefined, name: string, field: string): T {
  const found = entries?.find((entry) => entry.name === name);
  if (found) return found;
  const have = entries?.map((entry) => entry.name).join(", ") || "none";
  throw new Error(`kubeconfig: ${field}: no entry named "${name}" (there is: ${have})`);
}

function refuse(entry: object, fields: readonly string[], path: string): void {
  const found = fields.find((field) => field in entry);
  if (!found) return;
  throw new Error(
    `kubeconfig: ${path}.${found}: not supported; accepted are certificate-authority-data, ` +
      "client-certificate-data with client-key-data, and token",
  );
}

function decode(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("utf8");
}
