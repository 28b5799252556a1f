import type { ControlPlaneSpec } from "../spec.ts";
import { konnectivityAudience } from "../tunnel/konnectivity-server.ts";
import { serves } from "../tunnel/tunnel.ts";
import { formatArguments, type KeyPairFiles, minimumTlsVersion } from "./arguments.ts";

/** Where a kube-apiserver runs, and the files it is given. */
export interface ApiServerPlacement {
  bindAddress: string;
  advertiseAddress: string;
  securePort: number;
  /** `https://host:port` under which clients reach it; also the issuer of service account tokens. */
  url: string;
  /** Name in discovery documents; absent: the advertised address. */
  externalHostname?: string;
  pki: {
    clientCaFile: string;
    serving: KeyPairFiles;
    /** Public key that verifies, private key that signs service account tokens. */
    serviceAccount: { publicKey: string; privateKey: string };
    frontProxyCaFile: string;
    frontProxyClient: KeyPairFiles;
    /** As whom kubelets see it; absent where no kubelet is real. */
    kubeletClient?: KeyPairFiles;
  };
  etcd: {
    endpoints: readonly string[];
    /** Ends in `/`, so that no prefix is the beginning of another one. */
    prefix: string;
    caFile: string;
    client: KeyPairFiles;
  };
  /** An AdmissionConfiguration: as whom webhooks are called. */
  admissionConfigFile: string;
  /** An AuthenticationConfiguration that lets kubelets probe without credentials; absent: nobody may. */
  authenticationConfigFile?: string;
  /** How long it goes on serving when it is asked to end, so that load balancers notice; absent: not at all. */
  shutdownDelaySeconds?: number;
  /** Present only where a proxy-server really runs. */
  egressSelectorConfigFile?: string;
}

/** The part of a cluster that kube-apiserver is told about. The management API has one, too, without being a Cluster. */
export type ApiServerSpec = Pick<ControlPlaneSpec, "serviceCidrs" | "nodePortRange" | "cloudProvider" | "dualStack"> & {
  tunnel?: ControlPlaneSpec["tunnel"];
};

/**
 * Arguments of kube-apiserver.
 *
 * Endpoints of the `kubernetes` Service are not reconciled by the server itself (KKP does it by controller, and an
 * Endpoints object may not hold a loopback address). Anonymous requests are refused, but for what
 * `authenticationConfigFile` allows: probes present a certificate where they can.
 * Privileged pods are allowed, since every CNI runs one.
 */
export function apiServerArguments(spec: ApiServerSpec, placement: ApiServerPlacement): string[] {
  const { pki, etcd } = placement;
  return formatArguments({
    "bind-address": placement.bindAddress,
    "advertise-address": placement.advertiseAddress,
    "secure-port": placement.securePort,
    "external-hostname": placement.externalHostname,
    "endpoint-reconciler-type": "none",
    "service-cluster-ip-range": spec.serviceCidrs,
    "service-node-port-range": spec.nodePortRange,
    "etcd-servers": etcd.endpoints,
    "etcd-prefix": etcd.prefix,
    "etcd-cafile": etcd.caFile,
    "etcd-certfile": etcd.client.cert,
    "etcd-keyfile": etcd.client.key,
    "anonymous-auth": placement.authenticationConfigFile === undefined ? false : undefined,
    "authentication-config": placement.authenticationConfigFile,
    "authorization-mode": ["Node", "RBAC"],
    "enable-admission-plugins": ["NodeRestriction"],
    "admission-control-config-file": placement.admissionConfigFile,
    "client-ca-file": pki.clientCaFile,
    "tls-cert-file": pki.serving.cert,
    "tls-private-key-file": pki.serving.key,
    "tls-min-version": minimumTlsVersion,
    "service-account-issuer": placement.url,
    "service-account-key-file": pki.serviceAccount.publicKey,
    "service-account-signing-key-file": pki.serviceAccount.privateKey,
    "api-audiences":
      spec.tunnel && serves(spec.tunnel, "konnectivity") ? [placement.url, konnectivityAudience] : [placement.url],
    "requestheader-client-ca-file": pki.frontProxyCaFile,
    "requestheader-allowed-names": ["front-proxy-client"],
    "requestheader-extra-headers-prefix": ["X-Remote-Extra-"],
    "requestheader-group-headers": ["X-Remote-Group"],
    "requestheader-username-headers": ["X-Remote-User"],
    "proxy-client-cert-file": pki.frontProxyClient.cert,
    "proxy-client-key-file": pki.frontProxyClient.key,
    "kubelet-client-certificate": pki.kubeletClient?.cert,
    "kubelet-client-key": pki.kubeletClient?.key,
    "kubelet-preferred-address-types": kubeletAddressTypes(spec),
    "egress-selector-config-file": placement.egressSelectorConfigFile,
    "shutdown-delay-duration":
      placement.shutdownDelaySeconds === undefined ? undefined : `${placement.shutdownDelaySeconds}s`,
    "allow-privileged": true,
    profiling: false,
  });
}

/** KKP's order: what of a node's addresses the control plane can reach depends on the cloud and on the tunnel. */
function kubeletAddressTypes(spec: ApiServerSpec): string[] {
  if (spec.cloudProvider === "gcp") return ["InternalIP"];
  const internalFirst = spec.tunnel?.use === "konnectivity" || (spec.dualStack && spec.cloudProvider === "hetzner");
  return internalFirst ? ["InternalIP", "ExternalIP"] : ["ExternalIP", "InternalIP"];
}
