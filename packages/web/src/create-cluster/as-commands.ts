/** The same creation in other words: what to type or to send instead of clicking. */
import type { CreateClusterRequest } from "@fairlead/resources";
import { stringify } from "yaml";
import { type ClusterChoices, listed } from "./choices.ts";
import { cniValuesAnnotation } from "./creation-request.ts";

export function asYaml(manifest: object): string {
  return stringify(manifest, { lineWidth: 0 });
}

export function asKubectl(manifest: object): string {
  return `kubectl apply -f - <<'EOF'\n${asYaml(manifest)}EOF\n`;
}

export function asCurl(project: string, request: CreateClusterRequest): string {
  const body = JSON.stringify(request, undefined, 2);
  return [
    `curl -sS "$FAIRLEAD_URL/api/v2/projects/${project}/clusters" \\`,
    '  -H "Authorization: Bearer $FAIRLEAD_TOKEN" -H "Content-Type: application/json" -d @- <<\'EOF\'',
    `${body}\nEOF\n`,
  ].join("\n");
}

export interface CliCommand {
  text: string;
  /** What the command line has no option for. */
  missing: ("apiServerRanges" | "nodePortRanges" | "applications")[];
}

export function asCli(project: string, choices: ClusterChoices, request: CreateClusterRequest): CliCommand {
  const { cniPlugin, clusterNetwork: network, exposeStrategy, version, cloud } = request.cluster.spec ?? {};
  const values = request.cluster.annotations?.[cniValuesAnnotation];
  const flag = (name: string, value: string | number | undefined) =>
    value === undefined || value === "" ? [] : [`--${name} ${quoted(String(value))}`];
  const toggle = (name: string, on: boolean | undefined) =>
    on === undefined ? [] : [on ? `--${name}` : `--no-${name}`];
  const parts = [
    `fairlead cluster create ${quoted(choices.name.trim())}`,
    ...flag("project", project),
    ...flag("datacenter", cloud?.dc),
    ...flag("kubernetes-version", version),
    ...flag("cni", cniPlugin?.type),
    ...flag("cni-version", cniPlugin?.version),
    ...flag("ip-family", network?.ipFamily),
    ...flag("proxy-mode", network?.proxyMode),
    ...flag("pods-cidr", network?.pods?.cidrBlocks?.join(",")),
    ...flag("services-cidr", network?.services?.cidrBlocks?.join(",")),
    ...flag("node-cidr-mask-size-ipv4", network?.nodeCidrMaskSizeIPv4),
    ...flag("node-cidr-mask-size-ipv6", network?.nodeCidrMaskSizeIPv6),
    ...toggle("konnectivity", network?.konnectivityEnabled),
    ...toggle("node-local-dns", network?.nodeLocalDNSCacheEnabled),
    ...flag("expose-strategy", exposeStrategy),
    ...flag("nodes", choices.nodes.trim()),
    ...(values ? ["--cni-values /dev/stdin"] : []),
  ];
  const command = parts.join(" \\\n  ");
  const missing: CliCommand["missing"] = [];
  if (listed(choices.apiServerRanges).length > 0) missing.push("apiServerRanges");
  if (listed(choices.nodePortRanges).length > 0) missing.push("nodePortRanges");
  if (choices.applications.length > 0) missing.push("applications");
  return { text: values ? `${command} <<'EOF'\n${choices.cniValues?.trimEnd()}\nEOF\n` : `${command}\n`, missing };
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:,+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
