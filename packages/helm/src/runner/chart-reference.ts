/** A chart folder or a packaged chart on this machine. */
export interface LocalChart {
  kind: "path";
  path: string;
}

/** A chart in an OCI registry. */
export interface OciChart {
  kind: "oci";
  /** With the chart's name: `oci://quay.io/kubermatic/helm-charts/cilium`. */
  url: string;
  version: string;
  /** `sha256:…` of the manifest; helm refuses a chart that has another one. */
  digest?: string;
  access?: RegistryAccess;
}

/** A chart in a classic repository: an index and packages over HTTP. */
export interface RepositoryChart {
  kind: "repository";
  /** Of the repository: `https://charts.example.com`. */
  url: string;
  name: string;
  /** Exact, or a range as helm understands it. */
  version: string;
  access?: RegistryAccess;
}

/** A chart folder in a git repository, at one commit. */
export interface GitChart {
  kind: "git";
  /** `https://…`, `ssh://…`, `git://…` or `user@host:path`. */
  remote: string;
  /** Full hash; see `resolveGitCommit`. */
  commit: string;
  /** Full name of what the commit is reached by, `refs/heads/main`: servers may refuse to give a bare commit. */
  ref: string;
  /** Folder of the chart; default the repository's root. */
  path?: string;
  access?: GitAccess;
  /** For the repositories of the chart's dependencies. */
  dependencyAccess?: RegistryAccess;
}

export type ChartReference = LocalChart | OciChart | RepositoryChart | GitChart;

/** How to reach a git server, and as whom. */
export interface GitAccess {
  /** `host:port` entries that charts may come from though they are loopback, link-local, …; an administrator's decision. */
  allowedAddresses?: readonly string[];
  /** PEM of the certificate authorities to trust instead of the machine's. */
  ca?: string;
  credentials?: { kind: "password"; username: string; password: string } | { kind: "ssh-key"; key: string };
}

/** How to reach a registry or repository, and as whom. */
export interface RegistryAccess {
  /** As {@link GitAccess.allowedAddresses}. */
  allowedAddresses?: readonly string[];
  /** HTTP without TLS: registries on loopback. */
  plainHttp?: boolean;
  /** PEM of a private certificate authority. */
  ca?: string;
  insecureSkipTlsVerify?: boolean;
  /** Credentials in the format of Docker's `config.json`, as in KKP's `helmRegistryConfigFile`. */
  registryConfig?: string;
  /** For a classic repository. */
  login?: { username: string; password: string };
}

/** Docker's `config.json` for one registry. `host` with port if it has one. */
export function registryConfigFor(host: string, credentials: { username: string; password: string }): string {
  const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
  return JSON.stringify({ auths: { [host]: { auth } } });
}

/** Strings in the access data that may never be shown. */
export function secretsOf(access: RegistryAccess | undefined): string[] {
  const login = access?.login ? [access.login.password] : [];
  if (!access?.registryConfig) return login;
  const encoded = [
    ...access.registryConfig.matchAll(/"(?:auth|password|identitytoken|registrytoken)"\s*:\s*"([^"]+)"/g),
  ];
  const known = encoded.flatMap(([, value = ""]) => {
    const decoded = Buffer.from(value, "base64").toString("utf8");
    const password = decoded.includes(":") ? decoded.slice(decoded.indexOf(":") + 1) : "";
    return [value, password].filter((secret) => secret !== "");
  });
  return [...login, ...known];
}
