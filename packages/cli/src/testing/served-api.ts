import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeClient } from "@fairlead/kube";
import { createServer, localAdminAuthenticator, type OidcSettings } from "@fairlead/server";
import { startTestApiServer } from "@fairlead/testkit";
import { pino } from "pino";
import type { Instance } from "../connection/instance.ts";
import { install } from "../start/install.ts";

export interface ServedApi {
  url: string;
  token: string;
  management: KubeClient;
  /** Ids of clusters whose own API server answers; the management API stands in for it. */
  reachable: Set<string>;
  /** A working directory on whose `.fairlead` this instance runs. */
  cwd: string;
  stop(): Promise<void>;
}

/**
 * The REST API on loopback over a real management API server, installed as the embedded mode does. No manager runs: a
 * test plays the controllers by writing status.
 */
export async function serveApi({ oidc }: { oidc?: OidcSettings } = {}): Promise<ServedApi> {
  const apiServer = await startTestApiServer();
  const management = apiServer.client();
  const token = "the-admins-token";
  const reachable = new Set<string>();
  const server = createServer({
    managementClient: management,
    userClusterClient: (id) => (reachable.has(id) ? management : undefined),
    authenticator: localAdminAuthenticator(token),
    oidc,
    logger: pino({ level: "silent" }),
    version: "0.0.0-test",
  });
  const cwd = await mkdtemp(join(tmpdir(), "fairlead-cli-"));
  const stop = async () => {
    await server.close();
    await apiServer.stop();
    await rm(cwd, { recursive: true });
  };
  try {
    const versions = { kubernetesVersions: ["1.35.4", "1.36.3"], defaultKubernetesVersion: "1.36.3" };
    await install(management, { ...versions, registry: "127.0.0.1:5000" }, AbortSignal.timeout(60_000));
    const url = await server.listen({ host: "127.0.0.1", port: 0 });
    await writeInstance(cwd, url, token);
    return { url, token, management, reachable, cwd, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeInstance(cwd: string, url: string, token: string): Promise<void> {
  const data = join(cwd, ".fairlead");
  const instance: Instance = {
    version: 1,
    pid: process.pid,
    url,
    tokenFile: join(data, "admin-token"),
    managementKubeconfig: join(data, "kubeconfig"),
    binDirectory: join(data, "bin"),
    startedAt: new Date().toISOString(),
  };
  await mkdir(data);
  await writeFile(instance.tokenFile, `${token}\n`, { mode: 0o600 });
  await writeFile(join(data, "instance.json"), JSON.stringify(instance), { mode: 0o600 });
}
