import type { Service } from "@fairlead/kube";
import { dnsResolver, dnsResolverService } from "./dns-resolver.ts";
import { konnectivityServer, konnectivityService, konnectivitySniHost } from "./konnectivity-server.ts";
import { openVpnPort } from "./openvpn-config.ts";
import { openVpnServer, openVpnService } from "./openvpn-server.ts";
import { seedMetricsServer, seedMetricsServerService } from "./seed-metrics-server.ts";
import type { SeedTunnel, SeedTunnelOptions, SeedTunnelServiceOptions } from "./seed-types.ts";
import { serves, type TunnelEndpoint, type TunnelEndpoints, tunnels } from "./tunnel.ts";

/** Where the proxy of a seed serves all clusters with expose strategy Tunneling; the name says which is meant. */
const sniPort = 6443;

/** Services of the tunnels that are served. Apply these first, since the seed chooses addresses and node ports. */
export function seedTunnelServices(options: SeedTunnelServiceOptions): Service[] {
  const { step } = options;
  return [
    ...(serves(step, "konnectivity") ? [konnectivityService(options)] : []),
    ...(serves(step, "openvpn")
      ? [openVpnService(options), dnsResolverService(options), seedMetricsServerService(options)]
      : []),
  ];
}

/**
 * Where the clients on nodes find the servers.
 * @param services as the seed stores them; a tunnel without Service or without node port is left out
 */
export function seedTunnelEndpoints(
  options: Pick<SeedTunnelOptions, "exposeStrategy" | "externalName" | "tunnelingAgentIp">,
  services: readonly Service[],
): TunnelEndpoints {
  const { exposeStrategy, externalName: host, tunnelingAgentIp } = options;
  const tunnelled: Required<TunnelEndpoints> = {
    konnectivity: { host: konnectivitySniHost(host), port: sniPort },
    openvpn: { host: tunnelingAgentIp, port: openVpnPort },
  };
  const endpoints: TunnelEndpoints = {};
  for (const tunnel of tunnels) {
    const service = services.find(({ metadata }) => metadata.name === `${tunnel}-server`);
    const port = service?.spec?.ports?.[0]?.nodePort;
    const direct: TunnelEndpoint | undefined = port === undefined ? undefined : { host, port };
    const endpoint = exposeStrategy === "Tunneling" ? service && tunnelled[tunnel] : direct;
    if (endpoint) endpoints[tunnel] = endpoint;
  }
  return endpoints;
}

/** The seed's side of the tunnels that are served; what kube-apiserver goes through is `step.use` alone. */
export function seedTunnel(options: SeedTunnelOptions): SeedTunnel {
  const { step } = options;
  const parts: SeedTunnel[] = [
    ...(serves(step, "konnectivity") ? [konnectivityServer(options)] : []),
    ...(serves(step, "openvpn") ? [openVpnServer(options)] : []),
  ];
  const pods = parts.map(({ apiServer }) => apiServer);
  const egress = pods.find(({ egressSelectorConfigFile }) => egressSelectorConfigFile)?.egressSelectorConfigFile;
  return {
    apiServer: {
      initContainers: pods.flatMap(({ initContainers }) => initContainers),
      containers: pods.flatMap(({ containers }) => containers),
      volumes: pods.flatMap(({ volumes }) => volumes),
      volumeMounts: pods.flatMap(({ volumeMounts }) => volumeMounts),
      annotations: Object.assign({}, ...pods.map(({ annotations }) => annotations)),
      pod: Object.assign({}, ...pods.map(({ pod }) => pod)),
      ...(egress ? { egressSelectorConfigFile: egress } : {}),
    },
    objects: [
      ...parts.flatMap(({ objects }) => objects),
      ...(serves(step, "openvpn") ? [...dnsResolver(options), ...seedMetricsServer(options)] : []),
    ],
  };
}
