import type { Event } from "@fairlead/kube";
import type { ApiEvent } from "@fairlead/resources";
import { zeroTime } from "../http/time.ts";

/** An Event of `events.k8s.io/v1` in KKP's shape, which is that of the older core Events. */
export function toApiEvent({ metadata, type, note, regarding, eventTime, series }: Event): ApiEvent {
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
    lastTimestamp: inSeconds(series?.lastObservedTime ?? eventTime ?? creationTimestamp),
    ...(series ? { count: series.count } : {}),
  };
}

function inSeconds(time: string): string {
  return time.replace(/\.\d+(?=Z$)/, "");
}
