import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** Helm's private homes: nothing of the user's own helm or docker configuration reaches our calls. */
export interface HelmHomes {
  cache: string;
  config: string;
  data: string;
}

export function helmHomes(directory: string): HelmHomes {
  return {
    cache: join(directory, "cache"),
    config: join(directory, "config"),
    data: join(directory, "data"),
  };
}

/** Proxies and authorities are the machine's business; everything else that changes what helm does is ours. */
const trust = ["SSL_CERT_FILE", "SSL_CERT_DIR", "TMPDIR", "TZ"];
const inherited = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", ...trust];

/**
 * `home` belongs to one call: client-go keeps a discovery cache in it that is keyed by host and port, and a local API
 * server's port may belong to another cluster tomorrow.
 */
export function helmEnvironment(
  homes: HelmHomes,
  home: string,
  outer: Environment = process.env,
): Record<string, string> {
  const environment: Record<string, string> = {
    PATH: "/usr/local/bin:/usr/bin:/bin", // for setpriv only: helm starts no programs
    HOME: home,
    DOCKER_CONFIG: home,
    HELM_CACHE_HOME: homes.cache,
    HELM_CONFIG_HOME: homes.config,
    HELM_DATA_HOME: homes.data,
    HELM_PLUGINS: join(homes.data, "no-plugins"),
    HELM_REGISTRY_CONFIG: join(home, "registry-config.json"),
    HELM_REPOSITORY_CONFIG: join(home, "repositories.yaml"),
    HELM_REPOSITORY_CACHE: join(home, "repositories"),
    HELM_DRIVER: "secret",
  };
  return { ...environment, ...pick(inherited, outer) };
}

/** What programs that fetch charts know of the machine they run on; proxies they are told by name. */
export function trustEnvironment(outer: Environment = process.env): Record<string, string> {
  return pick(trust, outer);
}

function pick(names: readonly string[], outer: Environment): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = outer[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
