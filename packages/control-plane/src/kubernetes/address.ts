/**
 * Where the API server of a user cluster in a seed is reached. Pure.
 * @module
 */
import { isIP } from "node:net";
import type { Service } from "@fairlead/kube";
import { clusterNamespace } from "@fairlead/resources";
import type { ControlPlaneAddress } from "../provider.ts";
import type { SeedSettings } from "./seed-settings.ts";
import type { SeedClusterSpec } from "./seed-spec.ts";

/** Of kube-apiserver's container, of load balancers, and of the seed's SNI proxy. */
export const API_SERVER_PORT = 6443;
export const API_SERVER_SERVICE = "apiserver-external";
export const LOAD_BALANCER_SERVICE = "front-loadbalancer";

/** An address, or what has to happen before there is one: for the cluster's owner. */
export type AddressState = { address: ControlPlaneAddress } | { waitingFor: string };

/** Name and port of kube-apiserver for pods of the seed. */
export function internalApiServerUrl(clusterId: string): string {
  return `https://${API_SERVER_SERVICE}.${clusterNamespace(clusterId)}.svc.cluster.local`;
}

/** @param services those of the cluster's namespace, as the seed stores them */
export function addressState(
  spec: Pick<SeedClusterSpec, "clusterId" | "exposeStrategy">,
  settings: Pick<SeedSettings, "name" | "domain">,
  services: readonly Service[],
): AddressState {
  const named = (name: string) => services.find((service) => service.metadata.name === name);
  switch (spec.exposeStrategy) {
    case "LoadBalancer": {
      const [ingress] = named(LOAD_BALANCER_SERVICE)?.status?.loadBalancer?.ingress ?? [];
      const host = ingress?.ip || ingress?.hostname;
      return host
        ? address(host, API_SERVER_PORT)
        : { waitingFor: `an address of the load balancer (Service ${LOAD_BALANCER_SERVICE} in the seed)` };
    }
    case "NodePort": {
      const name = externalName(spec.clusterId, settings);
      const port = named(API_SERVER_SERVICE)?.spec?.ports?.[0]?.nodePort;
      if (name === undefined) return missingDomain;
      return port ? address(name, port) : { waitingFor: `a node port of the Service ${API_SERVER_SERVICE}` };
    }
    case "Tunneling": {
      const name = externalName(spec.clusterId, settings);
      return name === undefined ? missingDomain : address(name, API_SERVER_PORT);
    }
  }
}

/** `<cluster>.<seed>.<domain>` */
export function externalName(clusterId: string, settings: Pick<SeedSettings, "name" | "domain">): string | undefined {
  return settings.domain === undefined ? undefined : `${clusterId}.${settings.name}.${settings.domain}`;
}

const missingDomain = {
  waitingFor:
    "KubermaticConfiguration spec.ingress.domain: Required value: clusters get their names below it, " +
    "unless their expose strategy is LoadBalancer",
};

function address(host: string, port: number): { address: ControlPlaneAddress } {
  const authority = isIP(host) === 6 ? `[${host}]` : host;
  return { address: { url: `https://${authority}:${port}`, host, port } };
}
