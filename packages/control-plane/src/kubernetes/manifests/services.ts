import type { Service } from "@fairlead/kube";
import { konnectivityAgentPort } from "../../tunnel/konnectivity-server.ts";
import { API_SERVER_PORT, API_SERVER_SERVICE, externalName, LOAD_BALANCER_SERVICE } from "../address.ts";
import type { SeedSettings } from "../seed-settings.ts";
import type { SeedClusterSpec } from "../seed-spec.ts";
import { etcdService } from "./etcd.ts";
import { metadata, type Placed, selector } from "./pod.ts";

/** Annotations that the SNI proxy of a KKP seed follows. */
const exposeAnnotation = "nodeport-proxy.k8s.io/expose";
const portMappingAnnotation = "nodeport-proxy.k8s.io/port-mapping";

/** How the components find one another, and how everybody else finds kube-apiserver. */
export function controlPlaneServices(
  placed: Placed,
  spec: SeedClusterSpec,
  { settings, agentPort }: { settings: Pick<SeedSettings, "name" | "domain">; agentPort: number | undefined },
): Service[] {
  const services = [etcdService(placed), apiServerService(placed, spec, settings)];
  return spec.exposeStrategy === "LoadBalancer" ? [...services, loadBalancer(placed, spec, agentPort)] : services;
}

/** Inside of the seed it is always reached at port 443 of this Service. */
function apiServerService(
  placed: Placed,
  spec: SeedClusterSpec,
  settings: Pick<SeedSettings, "name" | "domain">,
): Service {
  const name = externalName(spec.clusterId, settings);
  const annotations =
    spec.exposeStrategy === "Tunneling" && name !== undefined
      ? { [exposeAnnotation]: "SNI,Tunneling", [portMappingAnnotation]: JSON.stringify({ secure: name }) }
      : undefined;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata(placed, API_SERVER_SERVICE), ...(annotations ? { annotations } : {}) },
    spec: {
      type: spec.exposeStrategy === "NodePort" ? "NodePort" : "ClusterIP",
      selector: selector("apiserver"),
      ports: [{ name: "secure", port: 443, targetPort: API_SERVER_PORT }],
    },
  };
}

/** @param agentPort where Konnectivity's agents call, who reach the very same pods */
function loadBalancer(placed: Placed, spec: SeedClusterSpec, agentPort: number | undefined): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata(placed, LOAD_BALANCER_SERVICE),
    spec: {
      type: "LoadBalancer",
      selector: selector("apiserver"),
      ports: [
        { name: "secure", port: API_SERVER_PORT, targetPort: API_SERVER_PORT },
        ...(agentPort === undefined
          ? []
          : [{ name: "konnectivity", port: agentPort, targetPort: konnectivityAgentPort }]),
      ],
      ...(spec.allowedSources.length > 0 ? { loadBalancerSourceRanges: [...spec.allowedSources] } : {}),
    },
  };
}
