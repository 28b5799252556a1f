/**
 * What a control plane consists of in its seed, in the order in which it is applied. Pure.
 * @module
 */
import { isIP } from "node:net";
import type { ApplyStage, Namespace } from "@fairlead/kube";
import type { KeyPair } from "../pki/certificate.ts";
import { seedClusterPki } from "../pki/cluster-plan.ts";
import type { PkiFiles, PkiPlan } from "../pki/pki.ts";
import type { ControlPlaneAddress } from "../provider.ts";
import { tunnelCertificates } from "../tunnel/certificates.ts";
import { konnectivitySniHost } from "../tunnel/konnectivity-server.ts";
import { seedTunnelServices } from "../tunnel/seed-tunnel.ts";
import type { SeedTunnel } from "../tunnel/seed-types.ts";
import { serves } from "../tunnel/tunnel.ts";
import { API_SERVER_PORT, externalName, internalApiServerUrl } from "./address.ts";
import { isRolledOut } from "./health.ts";
import { apiServer } from "./manifests/api-server.ts";
import { etcd } from "./manifests/etcd.ts";
import { controllerManager, scheduler } from "./manifests/leader-elected.ts";
import { networkPolicies } from "./manifests/network-policies.ts";
import { CLUSTER_LABEL, type Placed } from "./manifests/pod.ts";
import { controlPlaneServices } from "./manifests/services.ts";
import type { SeedSettings } from "./seed-settings.ts";
import type { SeedClusterSpec } from "./seed-spec.ts";

/** OpenVPN makes network devices, which only the privileged level allows. */
export function seedNamespace({ clusterId, namespace }: Placed, { tunnel }: SeedClusterSpec): Namespace {
  const labels = {
    [CLUSTER_LABEL]: clusterId,
    "pod-security.kubernetes.io/enforce": serves(tunnel, "openvpn") ? "privileged" : "restricted",
  };
  return { metadata: { name: namespace, labels } };
}

/** What the tunnel has to know of a control plane, but for its name and its keys. */
export function tunnelOptions({ namespace, overwriteRegistry }: Placed, spec: SeedClusterSpec) {
  const { podCidrs, serviceCidrs, dnsDomain, dnsServiceIp } = spec;
  return {
    step: spec.tunnel,
    namespace,
    overwriteRegistry,
    exposeStrategy: spec.exposeStrategy,
    tunnelingAgentIp: spec.tunnelingAgentIp,
    network: { podCidrs, serviceCidrs, dnsDomain, dnsServiceIp },
    apiServerReplicas: spec.apiServer.replicas,
    apiServerUrl: internalApiServerUrl(spec.clusterId),
    apiServerPort: API_SERVER_PORT,
    konnectivity: spec.konnectivity,
  };
}

/** Which keys and certificates a control plane has. */
export function seedPkiPlan(
  placed: Placed,
  spec: SeedClusterSpec,
  { address, ip, webhookAuthority }: { address: ControlPlaneAddress; ip: string; webhookAuthority: KeyPair },
): PkiPlan {
  const isName = isIP(address.host) === 0;
  return seedClusterPki(spec.clusterId, {
    names: {
      ...(isName ? { externalName: address.host } : {}),
      serviceIp: spec.apiServerServiceIp,
      dnsDomain: spec.dnsDomain,
      seedNamespace: placed.namespace,
      ips: [ip],
    },
    webhookAuthority,
    further: tunnelCertificates({
      step: spec.tunnel,
      proxyServer: {
        dnsNames: isName ? [address.host, konnectivitySniHost(address.host)] : [],
        ips: ["127.0.0.1", ip],
      },
      dnsDomain: spec.dnsDomain,
      seedNamespace: placed.namespace,
    }),
  });
}

export interface StageInput {
  address: ControlPlaneAddress;
  pki: PkiFiles;
  settings: SeedSettings;
  tunnel: SeedTunnel;
}

/** Services come before everything: the address is in certificates and arguments. */
export function serviceStages(
  placed: Placed,
  spec: SeedClusterSpec,
  { settings, agentPort }: { settings: SeedSettings; agentPort: number | undefined },
): ApplyStage[] {
  const name = externalName(spec.clusterId, settings) ?? spec.clusterId;
  return [
    { objects: seedTunnelServices({ ...tunnelOptions(placed, spec), externalName: name }) },
    { objects: controlPlaneServices(placed, spec, { settings, agentPort }) },
  ];
}

/**
 * kube-apiserver needs etcd, and the name server that the tunnel may bring; and no component may be newer than kube-apiserver,
 * also while versions are raised. The rest of a tunnel waits for nobody, and nobody waits for it: its clients come last.
 */
export function controlPlaneStages(
  placed: Placed,
  spec: SeedClusterSpec,
  { address, pki, settings, tunnel }: StageInput,
): ApplyStage[] {
  const policies = networkPolicies(placed, { webhooks: settings.webhooks, tunnel: spec.tunnel });
  return [
    { objects: [...policies, ...tunnel.objects] },
    { objects: etcd(placed, spec, pki), isReady: isRolledOut },
    { objects: apiServer(placed, spec, { address, pki, additions: tunnel.apiServer }), isReady: isRolledOut },
    { objects: [...controllerManager(placed, spec, pki), ...scheduler(placed, spec, pki)], isReady: isRolledOut },
  ];
}
