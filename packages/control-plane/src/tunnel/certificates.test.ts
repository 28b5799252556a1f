import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { tunnelCertificates } from "./certificates.ts";
import { tunnelPki } from "./tunnel.fixture.ts";
import type { TunnelStep } from "./tunnel.ts";
import { tunnelUserClusterObjects } from "./user-cluster-objects.ts";

function certificatesOf(step: TunnelStep): string[] {
  const plan = tunnelCertificates({
    step,
    proxyServer: { dnsNames: ["abc.test"], ips: [] },
    dnsDomain: "cluster.local",
  });
  return [...Object.keys(plan.authorities), ...Object.keys(plan.certificates)];
}

test("only the tunnels that are served have keys", () => {
  const konnectivity = ["konnectivity-proxy", "konnectivity-server"];
  const openvpn = ["openvpn-server", "openvpn-client", "openvpn-internal-client", "metrics-server", "node-dnat"];
  expect(certificatesOf({ use: "konnectivity" })).toEqual(["metrics-server-serving", ...konnectivity]);
  expect(certificatesOf({ use: "openvpn" })).toEqual(["openvpn-ca", "metrics-server-serving", ...openvpn]);
  expect(certificatesOf({ use: "openvpn", alongside: "konnectivity" })).toEqual([
    "openvpn-ca",
    "metrics-server-serving",
    ...konnectivity,
    ...openvpn,
  ]);
});

test("the user cluster gets the client's key only where OpenVPN is, and the way to a metrics-server only where one is", async () => {
  const pki = await tunnelPki();
  const objects = (step: TunnelStep, seedNamespace?: string) =>
    tunnelUserClusterObjects({ step, pki, ...(seedNamespace ? { seedNamespace } : {}) }).map(
      ({ kind, metadata }) => `${kind}/${metadata.name}`,
    );
  expect(objects({ use: "openvpn" })).toEqual(["Secret/openvpn-client-certificates"]);
  expect(objects({ use: "openvpn" }, "cluster-abc")).toEqual([
    "Secret/openvpn-client-certificates",
    "Service/metrics-server",
    "ClusterRole/system:metrics-server",
    "ClusterRoleBinding/system:metrics-server",
    "ClusterRoleBinding/metrics-server:system:auth-delegator",
    "RoleBinding/metrics-server-auth-reader",
  ]);
  expect(objects({ use: "konnectivity", alongside: "openvpn" }, "cluster-abc")).toEqual([
    "Secret/metrics-server-serving-cert",
    "Secret/openvpn-client-certificates",
  ]);
});

test("the metrics-server's certificate is good for its Service, wherever it runs", async () => {
  const certificate = new X509Certificate((await tunnelPki())["metrics-server-serving.crt"] ?? "");
  for (const name of ["metrics-server.kube-system.svc", "metrics-server.cluster-abc.svc.cluster.local"])
    expect(certificate.checkHost(name), name).toBe(name);
});
