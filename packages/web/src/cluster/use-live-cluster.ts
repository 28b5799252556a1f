import type { ApiCluster, ApiClusterHealth } from "@fairlead/resources";
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../app/api.ts";
import type { LiveCluster } from "../clusters/listed-clusters.ts";

/** Of everything that is known of a cluster: what hangs on it stands below its key, and is asked for anew when it changes. */
export function clusterKey(project: string, id: string): readonly string[] {
  return ["cluster", project, id];
}

function healthKey(project: string, id: string): readonly string[] {
  return [...clusterKey(project, id), "health"];
}

export function nodesKey(project: string, id: string): readonly string[] {
  return [...clusterKey(project, id), "nodes"];
}

export interface LiveClusterState {
  cluster: ApiCluster | undefined;
  health: ApiClusterHealth | undefined;
  error: Error | null;
  refetch: () => unknown;
  /** Whether changes are heard of. */
  connected: boolean;
  /** It was there, and is gone now. */
  deleted: boolean;
}

/** One cluster, kept current by the server's stream. */
export function useLiveCluster(project: string, id: string): LiveClusterState {
  const client = useQueryClient();
  const [connected, setConnected] = useState(true);
  const [deleted, setDeleted] = useState(false);
  const {
    data: cluster,
    error,
    refetch,
  } = useQuery({ queryKey: clusterKey(project, id), queryFn: () => api.cluster(project, id) });
  const { data: health } = useQuery({
    queryKey: healthKey(project, id),
    queryFn: () => api.health(project, id),
  });
  const loaded = cluster !== undefined;

  useEffect(() => {
    if (!loaded) return;
    const source = new EventSource(`/live/projects/${encodeURIComponent(project)}/clusters/${encodeURIComponent(id)}`);
    source.onopen = () => setConnected(true);
    source.onerror = () => setConnected(false);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      const live = JSON.parse(data) as LiveCluster;
      if (live.deleted) {
        source.close();
        setDeleted(true);
      } else {
        take(client, [project, id], live);
      }
    };
    return () => source.close();
  }, [client, loaded, project, id]);

  return { cluster, health, error, refetch, connected, deleted };
}

function take(client: QueryClient, [project, id]: [string, string], { cluster, health }: LiveCluster): void {
  const [own, ofHealth] = [clusterKey(project, id), healthKey(project, id)];
  client.setQueryData(own, cluster);
  client.setQueryData(ofHealth, health);
  const isKnown = (key: readonly unknown[]) => key.length === own.length || key[own.length] === ofHealth.at(-1);
  void client.invalidateQueries({ queryKey: own, predicate: ({ queryKey }) => !isKnown(queryKey) });
}
