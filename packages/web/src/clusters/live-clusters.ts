import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../app/api.ts";
import { applyChanges, type ListedCluster, type LiveCluster } from "./listed-clusters.ts";

/** Many changes become one: a stream begins with every cluster that there is. */
const gatherMs = 100;

function listKey(project: string): readonly string[] {
  return ["clusters", project];
}

/** The clusters of a project, by name, kept current by the server's stream. */
export function useLiveClusters(project: string) {
  const client = useQueryClient();
  const [connected, setConnected] = useState(true);
  const query = useQuery({
    queryKey: listKey(project),
    queryFn: async () => {
      const known = client.getQueryData<ListedCluster[]>(listKey(project)) ?? [];
      const health = new Map(known.map((one) => [one.cluster.id, one.health]));
      const clusters = await api.clusters(project);
      return clusters.map((cluster): ListedCluster => ({ cluster, health: health.get(cluster.id) }));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const loaded = query.isSuccess;

  useEffect(() => {
    if (!loaded) return;
    const source = new EventSource(`/live/projects/${encodeURIComponent(project)}/clusters`);
    let gathered: LiveCluster[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    let opened = false;
    source.onopen = () => {
      setConnected(true);
      // What was deleted while nobody listened is in no message.
      if (opened) void client.invalidateQueries({ queryKey: listKey(project) });
      opened = true;
    };
    source.onerror = () => setConnected(false);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      gathered.push(JSON.parse(data) as LiveCluster);
      timer ??= setTimeout(() => {
        const changes = gathered;
        gathered = [];
        timer = undefined;
        client.setQueryData<ListedCluster[]>(listKey(project), (before = []) => applyChanges(before, changes));
        for (const { cluster } of changes) {
          void client.invalidateQueries({ queryKey: ["cluster", project, cluster.id] });
        }
      }, gatherMs);
    };
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [client, loaded, project]);

  return { ...query, connected };
}
