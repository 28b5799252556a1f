import type { Event } from "@fairlead/kube";
import type { ApiEvent } from "@fairlead/resources";
import { zeroTime } from "../http/time.ts";

/** An Event of `events.k8s.io/v1` in KKP's shape, which is that of the older core Events. */
export function toApiEvent(event: Event): ApiEvent {
  const { metadata, type, note, regarding, series } = event;
  const { name = "", creationTimestamp = zeroTime } = metadata;
  const { kind, namespace, name: about } = regarding ?? {};
  return {
    id: name,
    name,
    creationTimestamp,
    ...(note ? { message: note } : {}),
    ...(type ? { type } : {}),
    involvedObject: {
      ...(kind ? { type: kind } : {}),
      ...(namespace ? { namespace } : {}),
      ...(about ? { name: about } : {}),
    },
    lastTimestamp: lastObserved(event).replace(/\.\d+(?=Z$)/, ""),
    ...(series ? { count: series.count } : {}),
  };
}

/** RFC 3339, with microseconds where they are known. */
export function lastObserved({ metadata, eventTime, series }: Event): string {
  return series?.lastObservedTime ?? eventTime ?? metadata.creationTimestamp ?? zeroTime;
}
