import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import type { TransportOptions } from "./transport.ts";

/** Where Kubernetes mounts a pod's ServiceAccount. */
export const serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Kubelets replace a token long before its end; client-go reads it this often, too. */
const rereadMs = 60_000;

/**
 * The API server of the cluster that this process is a pod of, as the pod's ServiceAccount.
 * @param directory holds `token` and `ca.crt`
 * @throws Error that names the variable or file that is missing
 */
export function inClusterOptions(
  env: NodeJS.ProcessEnv,
  directory: string = serviceAccountDirectory,
): Pick<TransportOptions, "server" | "ca" | "token"> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) {
    throw new Error("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod of a cluster");
  }
  const tokenFile = join(directory, "token");
  let token = readFileSync(tokenFile, "utf8").trim();
  let readAt = performance.now();
  return {
    server: `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`,
    ca: readFileSync(join(directory, "ca.crt"), "utf8"),
    token: () => {
      if (performance.now() - readAt > rereadMs) {
        readAt = performance.now();
        token = readFileSync(tokenFile, "utf8").trim();
      }
      return token;
    },
  };
}
