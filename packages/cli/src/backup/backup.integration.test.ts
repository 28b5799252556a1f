import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "@fairlead/components";
import { builtin, KubeClient, waitFor } from "@fairlead/kube";
import { clusterType } from "@fairlead/resources";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FairleadProcess, processesOf } from "../start/testing/fairlead-process.ts";

const bin = fileURLToPath(new URL("../../bin/fairlead.js", import.meta.url));
const run = promisify(execFile);

let directory: string;
let data: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-backup-"));
  data = join(directory, ".fairlead");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const fairlead = (...args: string[]) => run(process.execPath, [bin, "--data", data, ...args]);

/** Runs the instance, and ends it as Ctrl-C does. */
async function whileRunning(work: (management: KubeClient) => Promise<void>): Promise<void> {
  const instance = new FairleadProcess(data, await freePort());
  try {
    await instance.ready();
    await using management = KubeClient.fromKubeconfig(
      await readFile(join(data, "management", "admin.kubeconfig"), "utf8"),
    );
    await work(management);
  } finally {
    instance.kill("SIGINT");
    await instance.exit();
  }
}

const marker = { name: "marker", namespace: "default" };

async function userCluster(management: KubeClient, id: string): Promise<KubeClient> {
  const ref = { name: "admin-kubeconfig", namespace: `cluster-${id}` };
  return await waitFor(
    async () => {
      const secret = await management.find(builtin.Secret, ref);
      if (!secret?.data?.kubeconfig) return undefined;
      const client = KubeClient.fromKubeconfig(Buffer.from(secret.data.kubeconfig, "base64").toString("utf8"));
      try {
        // The API server is ready a moment before it has its first namespaces.
        await client.get(builtin.Namespace, { name: marker.namespace });
        return client;
      } catch {
        await client.close();
        return undefined;
      }
    },
    { what: `cluster ${id}`, timeoutMs: 120_000, intervalMs: 300 },
  );
}

test("a data directory that is destroyed comes back with its clusters, and what users have put into them", async () => {
  const file = join(directory, "backup.tgz");
  let uid: string | undefined;
  await whileRunning(async (management) => {
    await fairlead("cluster", "create", "first", "--cni", "none");
    const [cluster] = (await management.list(clusterType)).items;
    uid = cluster?.metadata.uid;
    await using client = await userCluster(management, cluster?.metadata.name ?? "");
    await client.create(builtin.ConfigMap, { metadata: marker, data: { kept: "yes" } });
    await expect(fairlead("backup", file)).rejects.toThrow("is in use by process");
  });
  await fairlead("backup", file);
  await rm(data, { recursive: true });
  await fairlead("restore", file);
  await whileRunning(async (management) => {
    const [cluster] = (await management.list(clusterType)).items;
    expect(cluster?.metadata.uid).toBe(uid);
    await using client = await userCluster(management, cluster?.metadata.name ?? "");
    expect((await client.get(builtin.ConfigMap, marker)).data).toEqual({ kept: "yes" });
  });
  expect(await processesOf(data)).toEqual([]);
});
