import type { ApiCluster, ApiClusterHealth } from "@fairlead/resources";
import { expect, test } from "vitest";
import { applyChanges } from "./listed-clusters.ts";

const health = {} as ApiClusterHealth;
const cluster = (id: string, name = id) => ({ id, name }) as ApiCluster;
const names = (list: ReturnType<typeof applyChanges>) => list.map(({ cluster: { name } }) => name);

test("a list follows changes in their order, by name", () => {
  const before = [{ cluster: cluster("b") }, { cluster: cluster("c") }];
  const after = applyChanges(before, [
    { deleted: false, cluster: cluster("a"), health },
    { deleted: true, cluster: cluster("b"), health },
    { deleted: false, cluster: cluster("c", "renamed"), health },
    { deleted: true, cluster: cluster("a"), health },
    { deleted: false, cluster: cluster("d", "first"), health },
    { deleted: true, cluster: cluster("never-known"), health },
  ]);
  expect(names(after)).toEqual(["first", "renamed"]);
  expect(names(before as never)).toEqual(["b", "c"]);
});
