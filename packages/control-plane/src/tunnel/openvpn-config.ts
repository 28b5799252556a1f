import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";

/** OpenVPN's own addresses; the server has the first one. */
export const vpnNetwork = { address: "10.20.0.0", mask: "255.255.255.0", server: "10.20.0.1" } as const;
export const openVpnPort = 1194;
/** Nodes are reached under addresses of this network; KKP's default. */
export const nodeAccessNetwork = "10.254.0.0/16";
export const openVpnDirectory = "/etc/openvpn";

/** The image holds bash, iptables and kubectl, too. */
export const openVpnImage = "quay.io/kubermatic/openvpn:v2.5.2-r0";

/** See its first lines. */
export const nodeDnatScript = readFileSync(new URL("node-dnat.sh", import.meta.url), "utf8");

const tls = [
  `ca ${openVpnDirectory}/pki/ca.crt`,
  "tls-version-min 1.2",
  "data-ciphers AES-256-GCM",
  "auth SHA256",
  "keepalive 5 30",
  "persist-key",
  "persist-tun",
  "verb 3",
];

/**
 * Configuration of the server. Packets between the control plane's clients and the one in the user cluster never leave
 * the process (`client-to-client`), so the pod needs no forwarding and no rules.
 * @param routes IPv4 CIDRs that lie behind the client in the user cluster
 */
export function openVpnServerConfig(routes: readonly string[]): string {
  return lines([
    "port 1194",
    "proto tcp-server",
    "dev tun",
    "topology subnet",
    `server ${vpnNetwork.address} ${vpnNetwork.mask}`,
    `cert ${openVpnDirectory}/pki/server.crt`,
    `key ${openVpnDirectory}/pki/server.key`,
    "dh none",
    "remote-cert-tls client",
    `client-config-dir ${openVpnDirectory}/clients`,
    "ccd-exclusive",
    "client-to-client",
    // Each pod of the control plane is a client of the same name.
    "duplicate-cn",
    ...routes.map((route) => `push "route ${networkAndMask(route)}"`),
    ...tls,
  ]);
}

/** What lies behind the client in the user cluster; routes pushed to it are those of others only. */
export function openVpnClientRoutes(routes: readonly string[]): string {
  return lines(routes.map((route) => `iroute ${networkAndMask(route)}`));
}

export function openVpnClientConfig({ host, port }: { host: string; port: number }): string {
  return lines([
    "client",
    "proto tcp-client",
    "dev tun",
    `remote ${host} ${port}`,
    "nobind",
    "resolv-retry infinite",
    `cert ${openVpnDirectory}/pki/client.crt`,
    `key ${openVpnDirectory}/pki/client.key`,
    "remote-cert-tls server",
    ...tls,
  ]);
}

/** The ranges of a user cluster that OpenVPN carries: IPv4 only, and its nodes under their other addresses. */
export function openVpnRoutes(network: { podCidrs: readonly string[]; serviceCidrs: readonly string[] }): string[] {
  const ranges = [...network.podCidrs, ...network.serviceCidrs].filter((cidr) => isIPv4(cidr.split("/")[0] ?? ""));
  return [...ranges, nodeAccessNetwork];
}

/** `172.25.0.0/16` -> `172.25.0.0 255.255.0.0` */
function networkAndMask(cidr: string): string {
  const [address = "", bits = "32"] = cidr.split("/");
  const mask = Array.from({ length: 4 }, (_, byte) => {
    const set = Math.min(8, Math.max(0, Number(bits) - 8 * byte));
    return 256 - 2 ** (8 - set);
  });
  return `${address} ${mask.join(".")}`;
}

function lines(directives: readonly string[]): string {
  return `${directives.join("\n")}\n`;
}
