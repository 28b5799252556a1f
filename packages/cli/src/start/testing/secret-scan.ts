import { randomBytes } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { builtin, ConnectionError, KubeClient, type KubeObject } from "@fairlead/kube";
import type { TestInstallation } from "./test-installation.ts";

/** By what they are; each is looked for as it stands and in base64. */
export type Secrets = Map<string, string>;

/** Something that is found again wherever it turns up. */
export function plantedSecret(): string {
  return `planted-${randomBytes(12).toString("hex")}`;
}

/**
 * Where secrets of a running installation can be read that should not be: logs of all processes, command lines, answers of
 * the REST API, events, conditions and ConfigMaps. Each place once, without the secret itself.
 */
export async function leakedSecrets(installation: TestInstallation, planted: Secrets = new Map()): Promise<string[]> {
  const secrets = new Map([...planted, ...(await ownSecrets(installation))]);
  const leaks = new Set<string>();
  const needles = [...secrets].map(([what, secret]) => [what, [secret, inBase64(secret)]] as const);
  const look = (place: string, text: string) => {
    const words = longWords(text);
    for (const [what, forms] of needles) {
      if (forms.some((form) => words.includes(form))) leaks.add(`${place} holds ${what}`);
    }
  };
  for (const [place, text] of await logs(installation.directory)) look(place, text);
  for (const [place, text] of await commandLines(installation.directory)) look(place, text);
  for (const [place, text] of await answers(installation)) look(place, text);
  const clients = [...(await clusterClients(installation)), ["management API", installation.management] as const];
  for (const [place, client] of clients) {
    try {
      for (const type of [builtin.Event, builtin.ConfigMap]) {
        const { items } = await client.list<KubeObject>(type);
        look(`${place}: ${type.plural}`, JSON.stringify(items));
      }
    } catch (error) {
      // A test may have left its cluster without an API server; the management API answers.
      if (client === installation.management || !(error instanceof ConnectionError)) throw error;
    } finally {
      if (client !== installation.management) await client.close();
    }
  }
  return [...leaks].sort();
}

/** Files and folders below a directory that others than their owner may open, with their modes. */
export async function openFiles(directory: string): Promise<string[]> {
  const entries = await entriesBelow(directory);
  const found = await Promise.all(
    [
      ...entries.filter((entry) => entry.isFile() || entry.isDirectory()).map((e) => join(e.parentPath, e.name)),
      directory,
    ].map(async (path) => {
      const mode = (await stat(path).catch(() => undefined))?.mode ?? 0;
      return (mode & 0o077) === 0 ? [] : [`${(mode & 0o777).toString(8)} ${relative(directory, path)}`];
    }),
  );
  return found.flat().sort();
}

async function ownSecrets(installation: TestInstallation): Promise<Secrets> {
  const secrets: Secrets = new Map([["the admin token", installation.token]]);
  for (const [index, token] of installation.handedOut.entries()) {
    // The signature: the rest names the account, and begins alike in every token of the cluster.
    if (token) secrets.set(`the token of kubeconfig ${index + 1}`, token.split(".").at(-1) ?? token);
  }
  const entries = await entriesBelow(installation.directory);
  for (const entry of entries.filter(({ name }) => /\.key$|kubeconfig/.test(name))) {
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, "utf8").catch(() => "");
    // Of a key one line in the middle; PEM keys begin and end alike.
    const encoded = /client-key-data: "?([A-Za-z0-9+/=]+)/.exec(text)?.[1];
    const pem = encoded ? Buffer.from(encoded, "base64").toString("utf8") : text;
    const line = /PRIVATE KEY-----\n[^\n]+\n([^\n]{40,})\n/.exec(pem)?.[1];
    if (line) secrets.set(`the key in ${relative(installation.directory, path)}`, line);
  }
  return secrets;
}

/** Like `readdir` with `recursive`, which fails when a folder goes away meanwhile, as those of helm's calls do. */
async function entriesBelow(directory: string): Promise<Dirent[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const folders = entries.filter((entry) => entry.isDirectory());
  const below = await Promise.all(folders.map(({ name }) => entriesBelow(join(directory, name))));
  return [...entries, ...below.flat()];
}

/** What a secret can be part of: they are all long, and of such characters. There are many, and logs are megabytes. */
function longWords(text: string): string {
  return text.match(/[\w+/=-]{24,}/g)?.join("\n") ?? "";
}

/** Without the end, which depends on what comes after the secret. */
function inBase64(secret: string): string {
  return Buffer.from(secret).toString("base64").replace(/=+$/, "").slice(0, -1);
}

async function logs(directory: string): Promise<[string, string][]> {
  const entries = await entriesBelow(directory);
  const files = entries.filter((entry) => entry.isFile() && /\.(log|jsonl)(\.1)?$/.test(entry.name));
  return await Promise.all(
    files.map(async ({ parentPath, name }): Promise<[string, string]> => {
      const path = join(parentPath, name);
      return [relative(directory, path), await readFile(path, "utf8").catch(() => "")];
    }),
  );
}

async function commandLines(directory: string): Promise<[string, string][]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(directory)).map((line) => [`command line ${line.slice(0, 60)}`, line]);
}

/** What every GET of the REST API answers, but for those that are there to hand a kubeconfig out. */
async function answers(installation: TestInstallation): Promise<[string, string][]> {
  const get = async (path: string) => JSON.stringify((await installation.call("GET", path)).body) ?? "";
  const { body } = await installation.call<{ paths: Record<string, { get?: object }> }>("GET", "/api/openapi.json");
  const templates = Object.entries(body.paths).flatMap(([path, { get: served }]) => (served ? [path] : []));
  const clusters = await clustersOf(installation);
  const paths = templates
    .filter((path) => !/kubeconfig/.test(path))
    .flatMap((path) =>
      clusters.map(({ project, id }) => path.replace("{project_id}", project).replace("{cluster_id}", id)),
    );
  const asked = [...new Set(paths)].filter((path) => !path.includes("{"));
  return await Promise.all(asked.map(async (path): Promise<[string, string]> => [`GET ${path}`, await get(path)]));
}

async function clustersOf(installation: TestInstallation): Promise<{ project: string; id: string }[]> {
  const projects = (await installation.call<{ id: string }[]>("GET", "/api/v1/projects")).body;
  const found = await Promise.all(
    projects.map(async ({ id: project }) => {
      const path = `/api/v2/projects/${project}/clusters`;
      const { body } = await installation.call<{ id: string }[]>("GET", path);
      return body.map(({ id }) => ({ project, id }));
    }),
  );
  return found.flat();
}

async function clusterClients(installation: TestInstallation): Promise<(readonly [string, KubeClient])[]> {
  const clusters = await clustersOf(installation);
  const found = await Promise.all(
    clusters.map(async ({ project, id }) => {
      const path = `/api/v2/projects/${project}/clusters/${id}/kubeconfig`;
      const { status, body } = await installation.call<string>("GET", path);
      return status === 200 ? [[`cluster ${id}`, KubeClient.fromKubeconfig(body)] as const] : [];
    }),
  );
  return found.flat();
}
