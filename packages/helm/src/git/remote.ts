import { isIPv6 } from "node:net";
import type { ChartEgress } from "../egress/chart-egress.ts";
import { HelmError } from "../runner/helm-error.ts";

/** How a remote is reached: by our proxy, or at an address that was checked. */
export type Route =
  | { kind: "http"; remote: string; url: URL }
  | { kind: "ssh"; remote: string; address: string; alias: string }
  | { kind: "git"; remote: string };

const scpLike = /^(\w[\w.-]*)@(\w[\w.-]*):(?!\/\/)/;

/**
 * Where a remote leads. What git could read as an option, as a path or as a helper program is no remote.
 * @throws HelmError source-forbidden, registry-unreachable
 */
export async function routeTo(remote: string, egress: ChartEgress): Promise<Route> {
  const scp = scpLike.exec(remote);
  if (scp) return await sshRoute(remote, { host: scp[2] ?? "", port: 22 }, egress);
  const url = /^(https?|ssh|git):\/\/[^-]/.test(remote) ? URL.parse(remote) : null;
  if (!url) {
    const message = "git: transport not allowed: expected https://…, http://…, ssh://…, git://… or user@host:path";
    throw new HelmError("source-forbidden", message, { command: "fetch" });
  }
  const host = url.hostname;
  const port = Number(url.port);
  switch (url.protocol) {
    case "ssh:":
      return await sshRoute(remote, { host, port: port || 22 }, egress);
    case "git:": {
      // The protocol has no names beyond the connection: git may as well be told the address.
      const address = await egress.resolve(host, port || 9418);
      const authority = `${isIPv6(address) ? `[${address}]` : address}${port ? `:${port}` : ""}`;
      return { kind: "git", remote: `git://${authority}${url.pathname}` };
    }
    default:
      egress.requireOpen(host, port || (url.protocol === "http:" ? 80 : 443));
      return { kind: "http", remote, url };
  }
}

/** ssh connects to the address, and knows the host's key by the name that was asked for. */
async function sshRoute(
  remote: string,
  { host, port }: { host: string; port: number },
  egress: ChartEgress,
): Promise<Route> {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  const alias = port === 22 ? bare : `[${bare}]:${port}`;
  return { kind: "ssh", remote, address: await egress.resolve(host, port), alias };
}
