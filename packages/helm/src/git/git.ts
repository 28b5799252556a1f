import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { ChartEgress } from "../egress/chart-egress.ts";
import { GitProxy } from "../egress/git-proxy.ts";
import { proxyFor } from "../egress/machine-proxy.ts";
import type { CallDirectory } from "../runner/call-directory.ts";
import type { GitAccess } from "../runner/chart-reference.ts";
import { trustEnvironment } from "../runner/environment.ts";
import { HelmError, type HelmErrorKind } from "../runner/helm-error.ts";
import { type ProgramOutput, runHelm } from "../runner/helm-process.ts";
import { redact } from "../runner/redact.ts";
import { type Route, routeTo } from "./remote.ts";

export interface GitContext {
  directory: CallDirectory;
  remote: string;
  access: GitAccess | undefined;
  knownHostsFile: string;
  signal: AbortSignal | undefined;
}

/** One git call after another on the same server, with the same credentials. */
export interface Git extends AsyncDisposable {
  /** What git is to be told instead of the remote that was asked for. */
  readonly remote: string;
  run(args: readonly string[], workTree?: string): Promise<string>;
}

const limitMs = 120_000;

/** Only what goes over the network: a remote must not read this machine's files, nor name a program to be run. */
const protocols = "http:https:ssh:git";

const askPass = `#!/bin/sh
case "$1" in
  Username*) printf '%s\\n' "$FAIRLEAD_GIT_USERNAME" ;;
  *) printf '%s\\n' "$FAIRLEAD_GIT_PASSWORD" ;;
esac
`;

const settings = {
  // Links in a repository would lead helm, which follows them, out of it.
  "core.symlinks": "false",
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "submodule.recurse": "false",
  "advice.detachedHead": "false",
};

/**
 * The machine's git, with nobody's configuration, no hooks and no prompts, and only to where charts may come from.
 * Credentials are in files of the call and in the environment of the process, never in a command line.
 * @throws HelmError source-forbidden, registry-unreachable
 */
export async function openGit({ directory, remote, access, knownHostsFile, signal }: GitContext): Promise<Git> {
  const egress = new ChartEgress(access?.allowedAddresses);
  const route = await routeTo(remote, egress);
  const machineProxy = route.kind === "http" ? proxyFor(route.url) : undefined;
  const proxy = route.kind === "http" && !machineProxy ? await GitProxy.start(egress) : undefined;
  const env: Record<string, string> = {
    ...trustEnvironment(),
    PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: directory.path,
    LC_ALL: "C",
    GIT_ALLOW_PROTOCOL: protocols,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    ...configuration({
      ...settings,
      ...(proxy ? { "http.proxy": proxy.url, "http.proxyAuthMethod": "basic" } : {}),
      // The machine's proxy checks no address for us: where the remote redirects to is not followed.
      ...(machineProxy ? { "http.proxy": machineProxy, "http.followRedirects": "false" } : {}),
    }),
    ...(access?.ca ? { GIT_SSL_CAINFO: await directory.write("git-ca.pem", access.ca) } : {}),
    ...(await credentialEnvironment(access?.credentials, { directory, knownHostsFile, route })),
  };
  const secrets = access?.credentials?.kind === "password" ? [access.credentials.password] : [];
  return {
    remote: route.remote,
    run: async (args, workTree = directory.path) => {
      const explained = (output: ProgramOutput) => proxy?.refusal ?? explain(output);
      const options = { program: "git", cwd: workTree, env, signal, limitMs, secrets, explain: explained } as const;
      return await runHelm("git", args, options);
    },
    [Symbol.asyncDispose]: async () => proxy?.[Symbol.asyncDispose](),
  };
}

function configuration(values: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(values);
  return Object.fromEntries([
    ["GIT_CONFIG_COUNT", `${entries.length}`],
    ...entries.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]);
}

async function credentialEnvironment(
  credentials: GitAccess["credentials"],
  { directory, knownHostsFile, route }: Pick<GitContext, "directory" | "knownHostsFile"> & { route: Route },
): Promise<Record<string, string>> {
  switch (credentials?.kind) {
    case undefined:
      return { GIT_SSH_COMMAND: sshCommand(knownHostsFile, route) };
    case "password": {
      const script = await directory.write("ask-password.sh", askPass);
      await chmod(script, 0o700);
      const { username, password } = credentials;
      return { GIT_ASKPASS: script, FAIRLEAD_GIT_USERNAME: username, FAIRLEAD_GIT_PASSWORD: password };
    }
    case "ssh-key": {
      const text = credentials.key.endsWith("\n") ? credentials.key : `${credentials.key}\n`;
      return { GIT_SSH_COMMAND: sshCommand(knownHostsFile, route, await directory.write("ssh-key", text)) };
    }
  }
}

/** A host's key is taken on trust when it is first seen, and has to stay the same from then on. */
function sshCommand(knownHostsFile: string, route: Route, keyFile?: string): string {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=accept-new",
    `UserKnownHostsFile=${knownHostsFile}`,
    "IdentitiesOnly=yes",
    "ProxyCommand=none",
    ...(route.kind === "ssh" ? [`HostName=${route.address}`, `HostKeyAlias=${route.alias}`] : []),
  ];
  const words = ["ssh", "-F", "none", ...options.flatMap((option) => ["-o", option])];
  return [...words, ...(keyFile ? ["-i", keyFile] : [])].map(quote).join(" ");
}

function quote(word: string): string {
  return /^[\w./=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Git has no error codes either. */
const signs: readonly (readonly [HelmErrorKind, RegExp])[] = [
  [
    "unauthorized",
    /Authentication failed|could not read (Username|Password)|Permission denied|error: 40[13]|Host key verification failed/,
  ],
  [
    "chart-not-found",
    /couldn't find remote ref|not our ref|not a tree object|[Rr]epository '?.*'? not found|does not appear to be a git repository|unable to read tree|reference is not a tree|repository .* does not exist|not exported/,
  ],
  [
    "registry-unreachable",
    /unable to access|[Cc]ould not resolve host|unable to connect|[Cc]onnection (refused|timed out|closed|reset)|unable to look up|the remote end hung up|not allowed/,
  ],
];

function explain({ command, stderr, secrets }: ProgramOutput): HelmError {
  const safe = redact(stderr, secrets);
  if (/failed to execute git|ENOENT/.test(safe)) {
    return new HelmError("unknown", "git is not installed beside Fairlead: charts in git repositories need it", {
      command,
    });
  }
  const lines = safe.split("\n").map((line) => line.replace(/^(fatal|error|remote): /, "").trim());
  const telling = lines.filter(
    (line) => line !== "" && !/^(warning: |hint: |Please make sure|and the repository)/.test(line),
  );
  const message = telling.join("; ").slice(0, 500) || `git ${command} failed without a message`;
  const kind = signs.find(([, sign]) => sign.test(safe))?.[0] ?? "unknown";
  return new HelmError(kind, `git: ${message}`, { command, stderr: safe });
}

/** Beside helm's homes: `known_hosts` of the git servers. */
export function knownHostsFile(cacheDirectory: string): string {
  return join(cacheDirectory, "known_hosts");
}
