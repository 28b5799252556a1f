import { type Cluster, traceAnnotation } from "@fairlead/resources";

/** What is done later has little to do with the change any more, and gets traces of its own. */
const longestMs = 15 * 60_000;

/** `traceparent` of the change that work on this cluster goes back to right now. Pure. */
export function traceOf(cluster: Cluster | undefined, now: Date): string | undefined {
  const [traceparent, time = ""] = cluster?.metadata.annotations?.[traceAnnotation]?.split(" ") ?? [];
  return now.getTime() - Date.parse(time) < longestMs ? traceparent : undefined;
}
