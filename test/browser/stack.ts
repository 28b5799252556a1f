import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@fairlead/components";
import { TestIdentityProvider } from "@fairlead/testkit/identity-provider";
import type { TestProject } from "vitest/node";
import { FairleadProcess } from "../../packages/cli/src/testing/fairlead-process.ts";
import { chromiumPath } from "./chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    fairlead: { url: string; token: string; directory: string; chromium: string };
  }
}

const startTimeoutMs = 600_000;

/** Starts what `npm start` starts, once for all files, in a directory of its own, with an identity provider beside it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const chromium = chromiumPath();
  const directory = await mkdtemp(join(tmpdir(), "fairlead-browser-"));
  const port = await freePort();
  const people = await TestIdentityProvider.start({
    redirectUri: `http://127.0.0.1:${port}/api/v1/auth/callback`,
    people: [{ email: "ada@example.com", name: "Ada" }],
  });
  const secretFile = join(directory, "client-secret");
  await writeFile(secretFile, people.clientSecret, { mode: 0o600 });
  const origin = `http://127.0.0.1:${port}`;
  const provider = ["--oidc-issuer", people.issuer, "--oidc-client-id", people.clientId];
  const fairlead = new FairleadProcess(
    ["start", "--port", String(port), "--external-url", origin, ...provider, "--oidc-client-secret-file", secretFile],
    { cwd: directory },
  );
  const stop = async () => {
    fairlead.kill("SIGTERM");
    await fairlead.ended;
    await people.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ready(fairlead);
    const token = (await readFile(join(directory, ".fairlead", "admin-token"), "utf8")).trim();
    project.provide("fairlead", { url: `http://127.0.0.1:${port}`, token, directory, chromium });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(fairlead: FairleadProcess): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  let end: { code: number | null } | undefined;
  void fairlead.ended.then((ended) => {
    end = ended;
  });
  while (!fairlead.stdout.includes("Fairlead is ready")) {
    if (end) throw new Error(`fairlead start ended with code ${end.code}: ${fairlead.stderr}`);
    if (Date.now() > deadline) throw new Error(`fairlead start is not ready in time: ${fairlead.stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
