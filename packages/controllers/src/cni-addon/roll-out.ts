import { builtin, type DaemonSet, type KubeClient, type KubeObject } from "@fairlead/kube";
import { KUBE_SYSTEM } from "../names.ts";

/** Whether all DaemonSets among an add-on's rendered objects run on all nodes, as rendered. Reads them. */
export async function isRolledOut(
  client: KubeClient,
  rendered: readonly KubeObject[],
  signal: AbortSignal,
): Promise<boolean> {
  const wanted = rendered.filter(({ kind }) => kind === "DaemonSet") as DaemonSet[];
  const states = await Promise.all(
    wanted.map(async (daemonSet) => {
      const { name = "", namespace = KUBE_SYSTEM } = daemonSet.metadata;
      const live = await client.find(builtin.DaemonSet, { name, namespace }, { signal });
      return live !== undefined && runsAs(live, daemonSet);
    }),
  );
  return states.every(Boolean);
}

/** The controller of DaemonSets has seen the images that are wanted, and each node has an available pod of them. */
function runsAs({ metadata, spec, status = {} }: DaemonSet, wanted: DaemonSet): boolean {
  const { desiredNumberScheduled = 0, updatedNumberScheduled = 0, numberAvailable = 0 } = status;
  return (
    images(spec).join() === images(wanted.spec).join() &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    updatedNumberScheduled === desiredNumberScheduled &&
    numberAvailable === desiredNumberScheduled
  );
}

function images(spec: DaemonSet["spec"]): string[] {
  const { initContainers = [], containers = [] } = spec?.template.spec ?? {};
  return [...initContainers, ...containers].map(({ image }) => image ?? "");
}
