import { join, resolve } from "node:path";

/** Where the embedded mode keeps what: everything below one directory, so that deleting it deletes all. */
export interface Layout {
  readonly root: string;
  readonly instanceFile: string;
  readonly tokenFile: string;
  /** Symbolic links to kubectl and helm, for `fairlead env`. */
  readonly binDirectory: string;
  readonly logFile: string;
  readonly auditFile: string;
  readonly processes: string;
  readonly management: string;
  /** The user clusters' etcd, and a directory for each cluster. */
  readonly userClusters: string;
  readonly registry: string;
  /** Keys and certificates of the admission webhooks. */
  readonly webhook: string;
  readonly helm: string;
}

export function layoutOf(dataDirectory: string): Layout {
  const root = resolve(dataDirectory);
  return {
    root,
    instanceFile: join(root, "instance.json"),
    tokenFile: join(root, "admin-token"),
    binDirectory: join(root, "bin"),
    logFile: join(root, "fairlead.log"),
    auditFile: join(root, "audit.jsonl"),
    processes: join(root, "processes"),
    management: join(root, "management"),
    userClusters: join(root, "user-clusters"),
    registry: join(root, "registry"),
    webhook: join(root, "webhook"),
    helm: join(root, "helm"),
  };
}
