/** What a seed and the installation decide about the control planes that run there. */
export interface SeedSettings {
  /** Of the Seed; part of clusters' names. */
  name: string;
  /** API servers are reached by names below it; absent: only those that have a load balancer of their own can be. */
  domain?: string | undefined;
  /** Registry that replaces the host of every image; empty: their own. */
  overwriteRegistry: string;
  /** Where Fairlead's admission webhooks are reached from. */
  webhooks: WebhookDestination;
  /** Whether Fairlead reaches API servers by the names of the seed's Services. */
  inside: boolean;
}

/** Pods of this namespace with these labels, or whatever answers on the port outside of the seed. */
export type WebhookDestination =
  | { kind: "pods"; namespace: string; labels: Readonly<Record<string, string>>; port: number }
  | { kind: "outside"; port: number };
