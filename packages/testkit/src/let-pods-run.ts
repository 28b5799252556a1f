import { setTimeout as sleep } from "node:timers/promises";
import { builtin, Informer, type KubeClient, type Pod } from "@fairlead/kube";

const sandbox = "fairlead.dev/sandbox";
const lookAgainMs = 3000;

/**
 * Does for the pods of simulated nodes what Fairlead's own controller does once a CNI runs there: kwok takes an annotated pod
 * for one that has its network, and starts it. Works until aborted.
 * @param filter asked again about every pod when the returned function is called
 */
export async function letPodsRun(
  client: KubeClient,
  { signal, filter = () => true }: { signal: AbortSignal; filter?: (pod: Pod) => boolean },
): Promise<() => void> {
  const annotate = async ({ metadata: { name = "", namespace = "" } }: Pod, annotations: Record<string, string>) => {
    await client.mergePatch(builtin.Pod, { name, namespace }, { metadata: { annotations } }).catch(() => undefined); // It is gone.
  };
  const start = async (pod: Pod) => {
    if (!filter(pod) || !pod.spec?.nodeName || pod.metadata.annotations?.[sandbox]) return;
    await annotate(pod, { [sandbox]: "ready" });
  };
  const pods = new Informer({ client, type: builtin.Pod });
  pods.addHandler({ onAdd: (pod) => void start(pod), onUpdate: (_old, pod) => void start(pod) });
  pods.start(signal);
  await pods.synced(signal);
  void lookAgain(pods, annotate, signal);
  return () => {
    for (const pod of pods.list()) void start(pod);
  };
}

/** An annotation that comes just when kwok reports a pod as waiting is overlooked until the pod changes once more. */
async function lookAgain(
  pods: Informer<Pod>,
  annotate: (pod: Pod, annotations: Record<string, string>) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 1; !signal.aborted; round++) {
    await sleep(lookAgainMs, undefined, { signal, ref: false }).catch(() => {});
    const waiting = pods.list().filter(({ metadata, status }) => {
      return metadata.annotations?.[sandbox] && status?.phase === "Pending" && !metadata.deletionTimestamp;
    });
    if (!signal.aborted)
      await Promise.all(waiting.map((pod) => annotate(pod, { "test.fairlead.dev/round": `${round}` })));
  }
}
