import {
  type AddressFamily,
  findFreeRange,
  type NetworkRangesOf,
  parseCidr,
  rangesOf,
  tryParseCidr,
} from "@fairlead/network/rules";
import { useQuery } from "@tanstack/react-query";
import { api } from "../app/api.ts";

/** Another cluster of the project, as far as its addresses go. */
export interface NeighbourCluster {
  name: string;
  network: NetworkRangesOf;
}

export function useNeighbours(project: string): readonly NeighbourCluster[] {
  const { data = [] } = useQuery({
    queryKey: ["neighbours", project],
    queryFn: async () =>
      (await api.clusters(project)).map(
        ({ name, spec }): NeighbourCluster => ({ name, network: spec.clusterNetwork ?? {} }),
      ),
  });
  return data;
}

interface FreeRangeWish {
  /** The range that is there now, whose size and place count. */
  current: string;
  family: AddressFamily;
  /** The cluster's other ranges, and those of its neighbours. */
  avoid: readonly NetworkRangesOf[];
  /** Where the current range cannot be read. */
  usual: string;
}

/** A range of the same size that nobody has. */
export function freeRange({ current, family, avoid, usual }: FreeRangeWish): string | undefined {
  const parsed = tryParseCidr(current);
  const near = parsed.ok && parsed.cidr.family === family ? parsed.cidr : parseCidr(usual);
  const taken = avoid.flatMap((network) => rangesOf("", network).map(({ range }) => range));
  return findFreeRange({ family, prefix: near.prefix, taken, near });
}
