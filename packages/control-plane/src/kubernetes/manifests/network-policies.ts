/**
 * Who may talk to whom in a control plane. Nothing else is let through in either direction: webhooks of a user cluster are
 * called by its kube-apiserver and must not reach into the seed. Kubelets' probes pass, since they come from the node.
 * What a tunnel needs beside, it brings along. Pure.
 * @module
 */
import type { KubeObject } from "@fairlead/kube";
import { konnectivityAgentPort } from "../../tunnel/konnectivity-server.ts";
import { serves, type TunnelStep } from "../../tunnel/tunnel.ts";
import { API_SERVER_PORT } from "../address.ts";
import type { WebhookDestination } from "../seed-settings.ts";
import { APP_LABEL, type Component, metadata, type Placed, selector } from "./pod.ts";

interface Peer {
  podSelector?: object;
  namespaceSelector?: object;
  ipBlock?: { cidr: string };
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port: number; protocol?: "TCP" | "UDP" }[];
}

interface Policy {
  podSelector: object;
  policyTypes: ("Ingress" | "Egress")[];
  ingress?: Rule[];
  egress?: Rule[];
}

const components: readonly Component[] = ["etcd", "apiserver", "controller-manager", "scheduler"];
const everyComponent = { matchExpressions: [{ key: APP_LABEL, operator: "In", values: components }] };
const etcdPorts = { client: 2379, peer: 2380 };

export function networkPolicies(
  placed: Placed,
  { webhooks, tunnel }: { webhooks: WebhookDestination; tunnel: TunnelStep },
): KubeObject[] {
  const policy = (name: string, spec: Policy) =>
    ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: metadata(placed, name),
      spec,
    }) as KubeObject;
  return [
    policy("default-deny", { podSelector: everyComponent, policyTypes: ["Ingress", "Egress"] }),
    policy("dns-allow", {
      podSelector: everyComponent,
      policyTypes: ["Egress"],
      egress: [
        {
          ports: [
            { port: 53, protocol: "UDP" },
            { port: 53, protocol: "TCP" },
          ],
        },
      ],
    }),
    policy("etcd-allow", {
      podSelector: pods("etcd"),
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [{ podSelector: pods("apiserver") }], ports: [{ port: etcdPorts.client }] },
        { from: [{ podSelector: pods("etcd") }], ports: [{ port: etcdPorts.client }, { port: etcdPorts.peer }] },
      ],
      egress: [{ to: [{ podSelector: pods("etcd") }], ports: [{ port: etcdPorts.client }, { port: etcdPorts.peer }] }],
    }),
    policy("apiserver-allow", {
      podSelector: pods("apiserver"),
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          ports: [
            { port: API_SERVER_PORT },
            ...(serves(tunnel, "konnectivity") ? [{ port: konnectivityAgentPort }] : []),
          ],
        },
      ],
      egress: [
        { to: [{ podSelector: pods("etcd") }], ports: [{ port: etcdPorts.client }] },
        { to: [webhookPeer(webhooks)], ports: [{ port: webhooks.port }] },
      ],
    }),
    policy("control-plane-allow", {
      podSelector: everyComponent,
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: pods("apiserver") }], ports: [{ port: API_SERVER_PORT }] }],
    }),
  ];
}

function pods(component: Component) {
  return { matchLabels: selector(component) };
}

function webhookPeer(webhooks: WebhookDestination): Peer {
  switch (webhooks.kind) {
    case "pods":
      return {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": webhooks.namespace } },
        podSelector: { matchLabels: { ...webhooks.labels } },
      };
    case "outside":
      return { ipBlock: { cidr: "0.0.0.0/0" } };
  }
}
