import type { AddressFamily } from "../../cidr/cidr.ts";
import { nodeMaskField } from "../../validation/fields.ts";
import { invalid } from "../../validation/rule.ts";
import type { ClusterChange, UpdateRule } from "../change.ts";

export const families: readonly AddressFamily[] = ["IPv4", "IPv6"];

/** Whether a write gives the nodes of an existing cluster parts of another size. */
export function maskChanges({ old, next }: ClusterChange, family: AddressFamily): boolean {
  return old.nodeMasks[family] !== undefined && old.nodeMasks[family] !== next.nodeMasks[family];
}

/** The size of each node's part of the pods range. */
export const nodeMaskUpdateRules: readonly UpdateRule[] = [
  {
    code: "node-mask-change-cilium",
    fields: families.map((family) => nodeMaskField[family]),
    summary: "With Cilium the node masks stay: its operator cannot resize the pool that nodes have parts of.",
    check: (change) => {
      if (change.next.cniType !== "cilium") return undefined;
      const changed = families.filter((family) => maskChanges(change, family));
      if (changed.length === 0) return undefined;
      return changed.map((family) =>
        invalid(
          nodeMaskField[family],
          change.next.nodeMasks[family],
          `field is immutable with CNI type cilium: expected ${change.old.nodeMasks[family]}`,
        ),
      );
    },
  },
];
