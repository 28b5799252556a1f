import type { MachineDeployment, NodeDeployment } from "@fairlead/resources";
import { type ApiNodeDeployment, type CloudProvider, cloudProviders } from "@fairlead/resources";
import { zeroTime } from "../http/time.ts";

export const machineNamespace = "kube-system";

/** Where the machine controller's autoscaler looks for its bounds. */
const leastAnnotation = "cluster.k8s.io/cluster-api-autoscaler-node-group-min-size";
const mostAnnotation = "cluster.k8s.io/cluster-api-autoscaler-node-group-max-size";

type NodeTemplate = NonNullable<NodeDeployment["spec"]["template"]>;

/** How the machine controller is told what machines to make (`providerSpec.value`). */
interface MachineSettings {
  cloudProvider?: string;
  cloudProviderSpec?: Record<string, unknown>;
  operatingSystem?: string;
  operatingSystemSpec?: Record<string, unknown>;
  network?: Record<string, unknown>;
}

/** A MachineDeployment in KKP's shape. */
export function toApiNodeDeployment({ metadata, spec, status }: MachineDeployment): ApiNodeDeployment {
  const { name = "", annotations = {}, creationTimestamp = zeroTime, deletionTimestamp } = metadata;
  const template = spec.template?.spec;
  const labels = template?.metadata?.labels;
  const settings = settingsOf(spec);
  const least = count(annotations[leastAnnotation]);
  const most = count(annotations[mostAnnotation]);
  return {
    id: name,
    name,
    creationTimestamp,
    ...(deletionTimestamp ? { deletionTimestamp } : {}),
    spec: {
      replicas: spec.replicas ?? 1,
      ...(least === undefined ? {} : { minReplicas: least }),
      ...(most === undefined ? {} : { maxReplicas: most }),
      ...(spec.paused ? { paused: true } : {}),
      template: {
        cloud: settings.cloudProvider ? { [settings.cloudProvider]: settings.cloudProviderSpec ?? {} } : {},
        operatingSystem: settings.operatingSystem
          ? { [settings.operatingSystem]: settings.operatingSystemSpec ?? {} }
          : {},
        ...(settings.network ? { network: settings.network } : {}),
        versions: { kubelet: template?.versions?.kubelet ?? "" },
        ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
        ...(template?.taints?.length
          ? { taints: template.taints.map(({ key, value = "", effect }) => ({ key, value, effect })) }
          : {}),
      },
    },
    status: statusOf(status),
  };
}

const counters = [
  "observedGeneration",
  "replicas",
  "updatedReplicas",
  "readyReplicas",
  "availableReplicas",
  "unavailableReplicas",
] as const;

function statusOf(status: MachineDeployment["status"]): ApiNodeDeployment["status"] {
  return Object.fromEntries(counters.flatMap((name) => (status?.[name] === undefined ? [] : [[name, status[name]]])));
}

/** A MachineDeployment as the request has it, on top of what is stored, if something is. */
export function toMachineDeployment(
  { spec }: NodeDeployment,
  name: string,
  stored: MachineDeployment = { metadata: { name, namespace: machineNamespace }, spec: {} },
): MachineDeployment {
  const template = spec.template ?? {};
  const { metadata } = stored;
  const annotations = withCounts(metadata.annotations, {
    [leastAnnotation]: spec.minReplicas,
    [mostAnnotation]: spec.maxReplicas,
  });
  const nodeLabels = stored.spec.template?.spec?.metadata;
  return {
    ...stored,
    metadata: { ...metadata, annotations },
    spec: {
      ...stored.spec,
      replicas: spec.replicas ?? 1,
      paused: spec.paused || undefined,
      template: {
        ...stored.spec.template,
        spec: {
          ...stored.spec.template?.spec,
          metadata: { ...nodeLabels, labels: template.labels },
          taints: template.taints,
          versions: template.versions,
          providerSpec: { value: { ...settingsOf(stored.spec), ...machineSettings(template) } },
        },
      },
    },
  };
}

function settingsOf(spec: MachineDeployment["spec"]): MachineSettings {
  return (spec.template?.spec?.providerSpec?.value ?? {}) as MachineSettings;
}

function machineSettings({ cloud = {}, operatingSystem = {}, network }: NodeTemplate): MachineSettings {
  const provider = Object.keys(cloud).find((key): key is CloudProvider => cloudProviders.some((name) => name === key));
  const [system] = Object.keys(operatingSystem);
  return {
    cloudProvider: provider,
    cloudProviderSpec: provider && (cloud[provider] as Record<string, unknown>),
    operatingSystem: system,
    operatingSystemSpec: system ? (operatingSystem[system] as Record<string, unknown>) : undefined,
    network,
  };
}

function withCounts(
  annotations: Readonly<Record<string, string>> = {},
  counts: Readonly<Record<string, number | undefined>>,
): Record<string, string> {
  const others = Object.entries(annotations).filter(([name]) => !Object.hasOwn(counts, name));
  const set = Object.entries(counts).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return Object.fromEntries([...others, ...set]);
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
