import { namedProviders } from "../defaults/layers.ts";
import { isObject, type JsonObject } from "../json.ts";
import { providers as knownProviders } from "../providers.ts";
import { type MinorNumber, minorNumber } from "../versions.ts";
import { field, nodeMaskField } from "./fields.ts";
import { type CidrList, Reader } from "./reader.ts";
import type { Finding } from "./rule.ts";

/** `spec.cloud` as the rules see it. */
export interface CloudView {
  readonly datacenter: string | undefined;
  readonly providerName: string | undefined;
  /** The providers whose objects are there: exactly one in a valid cluster. */
  readonly providers: readonly string[];
  readonly gcpNetwork: string | undefined;
  readonly gcpSubnetwork: string | undefined;
  /** Who may reach NodePorts: the list, and the older single range. */
  readonly nodePorts: readonly CidrList[];
  /** Fields that say who may reach NodePorts where Fairlead knows of no firewall, and what they hold. */
  readonly unenforceable: readonly { readonly path: string; readonly value: unknown }[];
}

/**
 * A spec read once: every field has its type or is absent, every CIDR is parsed. What could not be read is in `shape`.
 */
export interface ClusterView {
  readonly shape: readonly Finding[];
  readonly spec: JsonObject;
  readonly humanReadableName: string | undefined;
  readonly version: string | undefined;
  readonly kubernetesMinor: MinorNumber;
  readonly cloud: CloudView;
  readonly exposeStrategy: string | undefined;
  readonly allowedIpRanges: CidrList;
  readonly nodePortRange: string | undefined;
  readonly hasCni: boolean;
  readonly cniType: string | undefined;
  readonly cniVersion: string | undefined;
  readonly ipFamily: string | undefined;
  readonly pods: CidrList;
  readonly services: CidrList;
  readonly nodeMasks: { readonly IPv4: number | undefined; readonly IPv6: number | undefined };
  readonly proxyMode: string | undefined;
  readonly strictArp: boolean | undefined;
  readonly dnsDomain: string | undefined;
  readonly nodeLocalDns: boolean | undefined;
  readonly coreDnsReplicas: number | undefined;
  readonly konnectivity: boolean | undefined;
  readonly tunnelingAgentIp: string | undefined;
}

/** Reads any JSON value as a spec. */
export function viewSpec(json: unknown): ClusterView {
  const read = new Reader();
  const spec = read.object(json, "spec");
  const version = read.text(spec.version, field.version);
  const cni = read.object(spec.cniPlugin, field.cni);
  const network = read.object(spec.clusterNetwork, field.network);
  const pods = read.object(network.pods, "spec.clusterNetwork.pods");
  const services = read.object(network.services, "spec.clusterNetwork.services");
  const ipvs = read.object(network.ipvs, "spec.clusterNetwork.ipvs");
  const allowed = read.object(spec.apiServerAllowedIPRanges, field.allowedIpRanges);
  const components = read.object(spec.componentsOverride, "spec.componentsOverride");
  const apiServer = read.object(components.apiserver, "spec.componentsOverride.apiserver");
  return {
    spec,
    humanReadableName: read.text(spec.humanReadableName, field.humanReadableName),
    version,
    kubernetesMinor: version === undefined ? Number.NaN : minorNumber(version),
    cloud: viewCloud(read, spec.cloud),
    exposeStrategy: read.text(spec.exposeStrategy, field.exposeStrategy),
    allowedIpRanges: read.cidrs(allowed.cidrBlocks, `${field.allowedIpRanges}.cidrBlocks`),
    nodePortRange: read.text(apiServer.nodePortRange, field.nodePortRange),
    hasCni: spec.cniPlugin !== undefined && spec.cniPlugin !== null,
    cniType: read.text(cni.type, field.cniType),
    cniVersion: read.text(cni.version, field.cniVersion),
    ipFamily: read.text(network.ipFamily, field.ipFamily),
    pods: read.cidrs(pods.cidrBlocks, field.pods),
    services: read.cidrs(services.cidrBlocks, field.services),
    nodeMasks: {
      IPv4: read.integer(network.nodeCidrMaskSizeIPv4, nodeMaskField.IPv4),
      IPv6: read.integer(network.nodeCidrMaskSizeIPv6, nodeMaskField.IPv6),
    },
    proxyMode: read.text(network.proxyMode, field.proxyMode),
    strictArp: read.flag(ipvs.strictArp, field.strictArp),
    dnsDomain: read.text(network.dnsDomain, field.dnsDomain),
    nodeLocalDns: read.flag(network.nodeLocalDNSCacheEnabled, field.nodeLocalDns),
    coreDnsReplicas: read.integer(network.coreDNSReplicas, field.coreDnsReplicas),
    konnectivity: read.flag(network.konnectivityEnabled, field.konnectivity),
    tunnelingAgentIp: read.text(network.tunnelingAgentIP, field.tunnelingAgentIp),
    // Last: it holds what the reads above have found.
    shape: read.findings,
  };
}

/** The fields that have another type than the rules read them with, and what is expected there. Takes any JSON. */
export function typeProblems(spec: unknown): readonly Finding[] {
  return viewSpec(spec).shape;
}

function viewCloud(read: Reader, json: unknown): CloudView {
  const cloud = read.object(json, field.cloud);
  const providers = namedProviders(cloud);
  let gcpNetwork: string | undefined;
  let gcpSubnetwork: string | undefined;
  const nodePorts: CidrList[] = [];
  const unenforceable: { path: string; value: unknown }[] = [];
  for (const name of providers) {
    const path = `${field.cloud}.${name}`;
    const settings = read.object(cloud[name], path);
    if (name === "gcp") {
      gcpNetwork = read.text(settings.network, `${path}.network`);
      gcpSubnetwork = read.text(settings.subnetwork, `${path}.subnetwork`);
    }
    if (knownProviders.get(name)?.nodePortRanges) nodePorts.push(...viewNodePorts(read, settings, path));
    else unenforceable.push(...unenforceableRanges(settings, path));
  }
  return {
    datacenter: read.text(cloud.dc, field.datacenter),
    providerName: read.text(cloud.providerName, field.providerName),
    providers,
    gcpNetwork,
    gcpSubnetwork,
    nodePorts,
    unenforceable,
  };
}

/** KKP's UI sends an empty list on every provider: it asks for nothing. */
function unenforceableRanges(settings: JsonObject, path: string): { path: string; value: unknown }[] {
  const { nodePortsAllowedIPRanges: list, nodePortsAllowedIPRange: single } = settings;
  const blocks = isObject(list) ? list.cidrBlocks : undefined;
  return [
    ...(Array.isArray(blocks) && blocks.length > 0
      ? [{ path: `${path}.nodePortsAllowedIPRanges.cidrBlocks`, value: blocks }]
      : []),
    ...(single ? [{ path: `${path}.nodePortsAllowedIPRange`, value: single }] : []),
  ];
}

function viewNodePorts(read: Reader, settings: JsonObject, path: string): CidrList[] {
  const list = read.object(settings.nodePortsAllowedIPRanges, `${path}.nodePortsAllowedIPRanges`);
  return [
    read.cidrs(list.cidrBlocks, `${path}.nodePortsAllowedIPRanges.cidrBlocks`),
    read.cidr(settings.nodePortsAllowedIPRange, `${path}.nodePortsAllowedIPRange`),
  ];
}
