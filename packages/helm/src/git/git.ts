import { chmod } from "node:fs/promises";
import { join } from "node:path";
import type { CallDirectory } from "../runner/call-directory.ts";
import type { GitAccess } from "../runner/chart-reference.ts";
import { inheritedEnvironment } from "../runner/environment.ts";
import { HelmError, type HelmErrorKind } from "../runner/helm-error.ts";
import { type ProgramOutput, runHelm } from "../runner/helm-process.ts";
import { redact } from "../runner/redact.ts";

export interface GitContext {
  directory: CallDirectory;
  access: GitAccess | undefined;
  knownHostsFile: string;
  signal: AbortSignal | undefined;
}

/** One git call after another on the same server, with the same credentials. */
export interface Git {
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

/**
 * The machine's git, with nobody's configuration, no hooks and no prompts. Credentials are in files of the call and in the
 * environment of the process, never in a command line.
 */
export async function openGit({ directory, access, knownHostsFile, signal }: GitContext): Promise<Git> {
  const env: Record<string, string> = {
    ...inheritedEnvironment(),
    PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: directory.path,
    LC_ALL: "C",
    GIT_ALLOW_PROTOCOL: protocols,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    // Links in a repository would lead helm, which follows them, out of it.
    ...configuration({ "core.symlinks": "false", "advice.detachedHead": "false" }),
    ...(access?.ca ? { GIT_SSL_CAINFO: await directory.write("git-ca.pem", access.ca) } : {}),
    ...(await credentialEnvironment(access?.credentials, { directory, knownHostsFile })),
  };
  const secrets = access?.credentials?.kind === "password" ? [access.credentials.password] : [];
  return {
    run: (args, workTree = directory.path) =>
      runHelm("git", args, { program: "git", cwd: workTree, env, signal, limitMs, secrets, explain }),
  };
}

function configuration(settings: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(settings);
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
  { directory, knownHostsFile }: Pick<GitContext, "directory" | "knownHostsFile">,
): Promise<Record<string, string>> {
  switch (credentials?.kind) {
    case undefined:
      return { GIT_SSH_COMMAND: sshCommand(knownHostsFile) };
    case "password": {
      const script = await directory.write("ask-password.sh", askPass);
      await chmod(script, 0o700);
      const { username, password } = credentials;
      return { GIT_ASKPASS: script, FAIRLEAD_GIT_USERNAME: username, FAIRLEAD_GIT_PASSWORD: password };
    }
    case "ssh-key": {
      const text = credentials.key.endsWith("\n") ? credentials.key : `${credentials.key}\n`;
      return { GIT_SSH_COMMAND: sshCommand(knownHostsFile, await directory.write("ssh-key", text)) };
    }
  }
}

/** A host's key is taken on trust when it is first seen, and has to stay the same from then on. */
function sshCommand(knownHostsFile: string, keyFile?: string): string {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=accept-new",
    `UserKnownHostsFile=${knownHostsFile}`,
    "IdentitiesOnly=yes",
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
    /couldn't find remote ref|not our ref|[Rr]epository '?.*'? not found|does not appear to be a git repository|unable to read tree|reference is not a tree|repository .* does not exist|not exported/,
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
