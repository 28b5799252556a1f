import type { KeyPair } from "./certificate.ts";
import type { PkiPlan } from "./pki.ts";

/** Groups and users that the certificates of a control plane speak for. */
export const identities = {
  /** Bound to `cluster-admin` by a ClusterRoleBinding; of the kubeconfig that is for the platform's administrators. */
  adminGroup: "fairlead:cluster-admins",
  adminUser: "fairlead:admin",
  /** Fairlead itself; in `system:masters`, since it has to work before any RBAC object exists. */
  managerUser: "fairlead:manager",
  kwokUser: "fairlead:kwok",
  /** kube-apiserver, as kubelets see it; may do what logs, exec and port-forward need. */
  kubeletClientUser: "fairlead:kube-apiserver",
  /** The proxy-server, when it asks whether an agent's token is genuine. KKP's name. */
  konnectivityUser: "system:konnectivity-server",
  /** metrics-server in the seed. KKP's name. */
  metricsServerUser: "metrics-server",
  /** Reads the nodes' addresses for OpenVPN. */
  nodeDnatUser: "fairlead:node-dnat",
} as const;

/** Names and addresses under which a kube-apiserver is called. */
export interface ApiServerNames {
  /** Under which clients outside reach it, if it has one. */
  externalName?: string;
  /** Address of the Service `kubernetes`: services base + 1. */
  serviceIp: string;
  dnsDomain: string;
  /** Namespace of the control plane in its seed; absent where there is no seed Service. */
  seedNamespace?: string;
  /** Further addresses: the external one, or the tunnelling agent's. */
  ips?: readonly string[];
}

/** As whom API servers call admission webhooks. No id of a user cluster makes it look like the management API. */
export const webhookCallers = {
  management: "kube-apiserver:management",
  userCluster: (clusterId: string) => `kube-apiserver:cluster-${clusterId}`,
} as const;

/** DNS names and IPs of kube-apiserver's serving certificate, without duplicates. */
export function apiServerAlternativeNames(names: ApiServerNames): { dnsNames: string[]; ips: string[] } {
  const { externalName, seedNamespace } = names;
  return {
    dnsNames: [
      ...new Set([
        ...(externalName === undefined ? [] : [externalName]),
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        `kubernetes.default.svc.${names.dnsDomain}`,
        ...(seedNamespace === undefined ? [] : [`apiserver-external.${seedNamespace}.svc.cluster.local`]),
        "localhost",
      ]),
    ],
    ips: [...new Set([names.serviceIp, "127.0.0.1", ...(names.ips ?? [])])],
  };
}

export interface ControlPlanePkiOptions {
  names: ApiServerNames;
  /** Of an etcd that others use, too. Absent: the control plane has an etcd of its own, and the authority with it. */
  etcdAuthority?: KeyPair;
  /** Of Fairlead's admission webhooks. */
  webhookAuthority: KeyPair;
}

const loopback = { dnsNames: ["localhost"], ips: ["127.0.0.1"] };

/** What the plan of every kube-apiserver holds, be it the management API or a user cluster. */
function controlPlanePki(clusterId: string, options: ControlPlanePkiOptions & { webhookCaller: string }): PkiPlan {
  return {
    authorities: {
      ca: { commonName: `${clusterId}-ca` },
      "front-proxy-ca": { commonName: `${clusterId}-front-proxy-ca` },
      "etcd-ca": options.etcdAuthority ? { existing: options.etcdAuthority } : { commonName: `${clusterId}-etcd-ca` },
      "webhook-ca": { existing: options.webhookAuthority },
    },
    certificates: {
      "etcd-client": { issuer: "etcd-ca", commonName: `kube-apiserver-${clusterId}`, usages: ["client"] },
      "webhook-client": { issuer: "webhook-ca", commonName: options.webhookCaller, usages: ["client"] },
      apiserver: {
        issuer: "ca",
        commonName: "kube-apiserver",
        usages: ["server"],
        ...apiServerAlternativeNames(options.names),
      },
      "front-proxy-client": { issuer: "front-proxy-ca", commonName: "front-proxy-client", usages: ["client"] },
      "controller-manager": {
        issuer: "ca",
        commonName: "system:kube-controller-manager",
        usages: ["client", "server"],
        ...loopback,
      },
      manager: {
        issuer: "ca",
        commonName: identities.managerUser,
        organizations: ["system:masters"],
        usages: ["client"],
      },
      admin: {
        issuer: "ca",
        commonName: identities.adminUser,
        organizations: [identities.adminGroup],
        usages: ["client"],
      },
    },
    signingKeys: ["sa"],
  };
}

/** The management API is an API server without nodes and pods. */
export function managementPki(options: ControlPlanePkiOptions): PkiPlan {
  return controlPlanePki("management", { ...options, webhookCaller: webhookCallers.management });
}

const scheduler = {
  issuer: "ca",
  commonName: "system:kube-scheduler",
  usages: ["client", "server"],
  ...loopback,
} as const;

/** On this machine a user cluster also has a scheduler and kwok. */
export function userClusterPki(clusterId: string, options: ControlPlanePkiOptions): PkiPlan {
  const plan = controlPlanePki(clusterId, { ...options, webhookCaller: webhookCallers.userCluster(clusterId) });
  return {
    ...plan,
    certificates: {
      ...plan.certificates,
      scheduler,
      kwok: { issuer: "ca", commonName: identities.kwokUser, usages: ["client"] },
    },
  };
}

export interface SeedClusterPkiOptions {
  names: ApiServerNames & { seedNamespace: string };
  webhookAuthority: KeyPair;
  /** What the tunnel to the nodes needs beside. */
  further?: Pick<PkiPlan, "authorities" | "certificates">;
}

/** In a seed a user cluster has a scheduler and an etcd of its own, whose members are pods behind the Service `etcd`. */
export function seedClusterPki(clusterId: string, options: SeedClusterPkiOptions): PkiPlan {
  const { names, webhookAuthority, further } = options;
  const webhookCaller = webhookCallers.userCluster(clusterId);
  const plan = controlPlanePki(clusterId, { names, webhookAuthority, webhookCaller });
  const service = `etcd.${names.seedNamespace}.svc`;
  return {
    ...plan,
    authorities: { ...plan.authorities, ...further?.authorities },
    certificates: {
      ...plan.certificates,
      scheduler,
      "etcd-server": {
        issuer: "etcd-ca",
        commonName: "etcd",
        usages: ["server", "client"],
        // etcd checks where a peer calls from by looking up the names in its certificate: the first has all members.
        dnsNames: [`${service}.cluster.local`, `*.${service}.cluster.local`, `*.${service}`, "localhost"],
        ips: ["127.0.0.1"],
      },
      "kubelet-client": { issuer: "ca", commonName: identities.kubeletClientUser, usages: ["client"] },
      ...further?.certificates,
    },
  };
}

/** An etcd of one member on loopback; `root` is Fairlead's own client. */
export function etcdPki(name: string): PkiPlan {
  return {
    authorities: { ca: { commonName: `${name}-ca` } },
    certificates: {
      server: {
        issuer: "ca",
        commonName: name,
        usages: ["server", "client"],
        ...loopback,
      },
      root: { issuer: "ca", commonName: identities.managerUser, usages: ["client"] },
    },
    signingKeys: [],
  };
}

/** Admission webhooks under the names given; the authority also issues what API servers show to them. */
export function webhookPki(names: { dnsNames: readonly string[]; ips: readonly string[] } = loopback): PkiPlan {
  return {
    authorities: { ca: { commonName: "fairlead-webhook-ca" } },
    certificates: { serving: { issuer: "ca", commonName: "fairlead-webhook", usages: ["server"], ...names } },
    signingKeys: [],
  };
}
