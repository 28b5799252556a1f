import { completePki, type PkiFiles } from "../pki/pki.ts";
import { tunnelCertificates } from "./certificates.ts";
import type { SeedTunnelOptions } from "./seed-types.ts";
import type { TunnelStep } from "./tunnel.ts";

const externalName = "abc.seed.example.com";

/** All keys and certificates that both tunnels need. */
export function tunnelPki(): Promise<PkiFiles> {
  const { authorities, certificates } = tunnelCertificates({
    step: { use: "konnectivity", alongside: "openvpn" },
    proxyServer: { dnsNames: [externalName], ips: ["127.0.0.1"] },
    dnsDomain: "cluster.local",
    seedNamespace: "cluster-abc",
  });
  const plan = { authorities: { ca: { commonName: "abc-ca" }, ...authorities }, certificates, signingKeys: [] };
  return completePki(plan, {}, new Date());
}

/** An IPv4 cluster in a seed, exposed by NodePort. */
export function seedTunnelOptions(
  pki: PkiFiles,
  step: TunnelStep,
  overrides: Partial<SeedTunnelOptions> = {},
): SeedTunnelOptions {
  return {
    step,
    namespace: "cluster-abc",
    exposeStrategy: "NodePort",
    externalName,
    tunnelingAgentIp: "100.64.30.10",
    network: {
      podCidrs: ["172.25.0.0/16"],
      serviceCidrs: ["10.240.16.0/20"],
      dnsDomain: "cluster.local",
      dnsServiceIp: "10.240.16.10",
    },
    apiServerReplicas: 2,
    apiServerUrl: "https://apiserver-external.cluster-abc.svc.cluster.local:443",
    apiServerPort: 6443,
    overwriteRegistry: "",
    pki,
    dnsResolverIp: "10.96.0.53",
    ...overrides,
  };
}
