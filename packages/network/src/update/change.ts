import type { Labels, UnsafeLabel } from "../labels.ts";
import type { RuleContext } from "../types.ts";
import type { Finding, Found, Named, Warning } from "../validation/rule.ts";
import type { ClusterView } from "../validation/view.ts";

/** A Cluster as it is stored or written: any JSON. */
export interface ClusterState {
  readonly spec: unknown;
  readonly labels?: Labels | undefined;
}

/** A write to an existing cluster, read once. */
export interface ClusterChange {
  readonly old: ClusterView;
  readonly next: ClusterView;
  /** Of the cluster after the write: a label may come with the change that it allows. */
  readonly labels: unknown;
}

/** A rule about what may become of a cluster; what a cluster may be is said by the rules of creation. */
export interface UpdateRule extends Named {
  /** The label that takes the rule away. */
  readonly unlockedBy?: UnsafeLabel;
  readonly check: (change: ClusterChange, context: RuleContext) => Found<Finding>;
}

/** A change that is accepted and yet deserves a word. */
export interface UpdateWarningRule extends Named {
  readonly check: (change: ClusterChange, context: RuleContext) => Found<Omit<Warning, "code">>;
}
