const base = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "TMPDIR",
  "TZ",
  "LANG",
  "LC_ALL",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
];

const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];

const go = [
  "GOPROXY",
  "GONOPROXY",
  "GOPRIVATE",
  "GOSUMDB",
  "GONOSUMDB",
  "GOAUTH",
  "GOENV",
  "GOROOT",
  "GOPATH",
  "GOCACHE",
  "GOMODCACHE",
  "GOTMPDIR",
  "GOMAXPROCS",
  "XDG_CACHE_HOME",
  "XDG_CONFIG_HOME",
];

const npm = ["registry", "cache", "userconfig", "globalconfig", "cafile", "proxy", "https_proxy", "noproxy", "offline"];

const pip = [
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "PIP_CERT",
  "PIP_TRUSTED_HOST",
  "PIP_CONFIG_FILE",
  "PIP_CACHE_DIR",
];

export type Environment = Readonly<Record<string, string | undefined>>;

function pick(environment: Environment, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

/** What every child process gets: enough to run, and nothing that changes what it does (no KUBECONFIG, no ETCD_*). */
export function childEnvironment(environment: Environment = process.env): Record<string, string> {
  return pick(environment, base);
}

/** For `go`: where modules come from and where caches lie is the user's choice, how we compile is ours. */
export function goEnvironment(environment: Environment): Record<string, string> {
  return {
    ...pick(environment, [...base, ...proxies, ...go]),
    CGO_ENABLED: "0",
    GOTOOLCHAIN: "local",
    GOFLAGS: "-mod=readonly",
    GOWORK: "off",
  };
}

/** For `npm`: the outer `npm start` sets dozens of `npm_config_*`; only those that say how to reach a registry count. */
export function npmEnvironment(environment: Environment): Record<string, string> {
  const settings = npm.flatMap((name) => [`npm_config_${name}`, `NPM_CONFIG_${name.toUpperCase()}`]);
  return pick(environment, [...base, ...proxies, "NODE_EXTRA_CA_CERTS", ...settings]);
}

/** For `python3` and `pip`: only what says how to reach an index. */
export function pythonEnvironment(environment: Environment): Record<string, string> {
  return pick(environment, [...base, ...proxies, ...pip, "REQUESTS_CA_BUNDLE", "PYENV_ROOT", "PYENV_VERSION"]);
}
