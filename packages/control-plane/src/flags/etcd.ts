import { formatArguments, type KeyPairFiles } from "./arguments.ts";

/** Where one etcd member runs; URLs are `https://host:port`. */
export interface EtcdPlacement {
  name: string;
  dataDir: string;
  /** Under which it is found. */
  clientUrl: string;
  /** A port of 0 is right for a single member: nobody else has to find it. */
  peerUrl: string;
  /** Where it listens, if not on these very addresses. */
  listen?: { clientUrl: string; peerUrl: string };
  /** All members at the beginning, by name; absent: it is the only one. Ignored once there is data. */
  members?: Readonly<Record<string, string>>;
  /** Serves `/metrics` and `/health` in plain text, without credentials; absent: nowhere. */
  metricsUrl?: string;
  caFile: string;
  /** Serves clients and peers, and is the client certificate towards peers. */
  server: KeyPairFiles;
  quotaBytes: number;
}

/**
 * Arguments of etcd 3.6. Every client and peer must present a certificate of the etcd CA. The JSON gateway stays on:
 * Fairlead deletes a cluster's keys through it.
 */
export function etcdArguments(placement: EtcdPlacement): string[] {
  const { server, caFile, clientUrl, peerUrl } = placement;
  const { listen = { clientUrl, peerUrl }, members = { [placement.name]: peerUrl } } = placement;
  return formatArguments({
    name: placement.name,
    "data-dir": placement.dataDir,
    "listen-client-urls": listen.clientUrl,
    "advertise-client-urls": clientUrl,
    "listen-peer-urls": listen.peerUrl,
    "initial-advertise-peer-urls": peerUrl,
    "listen-metrics-urls": placement.metricsUrl,
    "initial-cluster": Object.entries(members).map(([name, url]) => `${name}=${url}`),
    "initial-cluster-state": "new",
    "client-cert-auth": true,
    "trusted-ca-file": caFile,
    "cert-file": server.cert,
    "key-file": server.key,
    "peer-client-cert-auth": true,
    "peer-trusted-ca-file": caFile,
    "peer-cert-file": server.cert,
    "peer-key-file": server.key,
    "tls-min-version": "TLS1.2",
    "enable-grpc-gateway": true,
    "quota-backend-bytes": placement.quotaBytes,
    "auto-compaction-mode": "periodic",
    "auto-compaction-retention": "10m",
    "log-level": "warn",
  });
}
