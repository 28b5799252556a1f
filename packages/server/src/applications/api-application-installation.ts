import type {
  ApiApplicationInstallation,
  ApiApplicationInstallationListItem,
  ApplicationInstallation,
  ApplicationInstallationRequest,
} from "@fairlead/resources";
import { zeroTime } from "../http/time.ts";

/** An ApplicationInstallation in KKP's shape. */
export function toApiInstallation({ metadata, spec, status }: ApplicationInstallation): ApiApplicationInstallation {
  const { annotations, creationTimestamp = zeroTime, deletionTimestamp } = metadata;
  return {
    ...identityOf(metadata),
    creationTimestamp,
    ...(deletionTimestamp ? { deletionTimestamp } : {}),
    ...(isFilled(annotations) ? { annotations } : {}),
    spec: { ...spec, values: spec.values ?? {}, reconciliationInterval: spec.reconciliationInterval ?? "0s" },
    status: statusOf(status),
  };
}

export function toInstallationListItem({
  metadata,
  spec: { namespace, applicationRef },
  status,
}: ApplicationInstallation): ApiApplicationInstallationListItem {
  const { creationTimestamp = zeroTime } = metadata;
  return {
    ...identityOf(metadata),
    creationTimestamp,
    spec: { namespace, applicationRef },
    status: statusOf(status),
  };
}

/** The object to create. @param name given in the request; the namespace defaults to that of the application */
export function toNewInstallation(
  { namespace, annotations, labels, spec }: ApplicationInstallationRequest,
  name: string,
): ApplicationInstallation {
  return {
    metadata: {
      name,
      namespace: namespace || spec.namespace.name,
      ...(isFilled(annotations) ? { annotations } : {}),
      ...(isFilled(labels) ? { labels } : {}),
    },
    spec: withOneKindOfValues(spec),
  };
}

/** What a PUT stores: as in KKP the spec alone is replaced, whatever else the request carries. */
export function withSpec(
  stored: ApplicationInstallation,
  { spec }: ApplicationInstallationRequest,
): ApplicationInstallation {
  return { ...stored, spec: withOneKindOfValues(spec) };
}

/** KKP's clients send `values: {}` beside a block. */
function withOneKindOfValues(spec: ApplicationInstallation["spec"]): ApplicationInstallation["spec"] {
  const { values, ...rest } = spec;
  return spec.valuesBlock && values && Object.keys(values).length === 0 ? rest : spec;
}

function identityOf({ name = "", namespace = "", labels }: ApplicationInstallation["metadata"]) {
  return { name, namespace, ...(isFilled(labels) ? { labels } : {}) };
}

function statusOf(status: ApplicationInstallation["status"]): ApiApplicationInstallation["status"] {
  const { conditions = {}, applicationVersion, method = "", helmRelease } = status ?? {};
  const list = Object.entries(conditions)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, { status, reason, message, lastHeartbeatTime = zeroTime, lastTransitionTime = zeroTime }]) => ({
      type,
      status,
      lastHeartbeatTime,
      lastTransitionTime,
      ...(reason ? { reason } : {}),
      ...(message ? { message } : {}),
    }));
  return {
    ...(list.length > 0 ? { conditions: list } : {}),
    ...(applicationVersion ? { applicationVersion } : {}),
    method,
    ...(helmRelease ? { helmRelease } : {}),
  };
}

function isFilled(map: Record<string, string> | undefined): map is Record<string, string> {
  return map !== undefined && Object.keys(map).length > 0;
}
