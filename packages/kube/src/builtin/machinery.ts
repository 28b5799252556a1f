import type { Condition, KubeObject } from "../objects.ts";

/** What controllers themselves live on: CRDs, leases, events. */

export interface CustomResourceDefinition extends KubeObject {
  spec: {
    group: string;
    scope: "Cluster" | "Namespaced";
    names: {
      kind: string;
      plural: string;
      listKind?: string;
      singular?: string;
      shortNames?: string[];
      categories?: string[];
    };
    versions: {
      name: string;
      served: boolean;
      storage: boolean;
      schema?: { openAPIV3Schema?: unknown };
      subresources?: unknown;
      additionalPrinterColumns?: unknown[];
      deprecated?: boolean;
    }[];
    conversion?: unknown;
    preserveUnknownFields?: boolean;
  };
  status?: { conditions?: Condition[]; acceptedNames?: unknown; storedVersions?: string[] };
}

export interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    /** RFC 3339 with microseconds. */
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/** `events.k8s.io/v1`. */
export interface Event extends KubeObject {
  type?: "Normal" | "Warning";
  reason?: string;
  action?: string;
  /** At most 1 kB. */
  note?: string;
  regarding?: ObjectReference;
  reportingController?: string;
  reportingInstance?: string;
  /** RFC 3339 with microseconds: when it was first observed. */
  eventTime?: string;
  series?: { count: number; lastObservedTime: string };
}

export interface ObjectReference {
  apiVersion?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  fieldPath?: string;
}
