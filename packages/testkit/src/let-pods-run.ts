import { builtin, Informer, type KubeClient, type Pod } from "@fairlead/kube";

/**
 * Does for the pods of simulated nodes what Fairlead's own controller does once a CNI runs there: kwok takes an annotated pod
 * for one that has its network, and starts it. Works until aborted.
 * @param filter asked again about every pod when the returned function is called
 */
export async function letPodsRun(
  client: KubeClient,
  { signal, filter = () => true }: { signal: AbortSignal; filter?: (pod: Pod) => boolean },
): Promise<() => void> {
  const start = async (pod: Pod) => {
    const { name = "", namespace = "", annotations } = pod.metadata;
    if (!filter(pod) || !pod.spec?.nodeName || annotations?.["fairlead.dev/sandbox"]) return;
    await client
      .mergePatch(builtin.Pod, { name, namespace }, { metadata: { annotations: { "fairlead.dev/sandbox": "ready" } } })
      .catch(() => undefined); // It is gone.
  };
  const pods = new Informer({ client, type: builtin.Pod });
  pods.addHandler({ onAdd: (pod) => void start(pod), onUpdate: (_old, pod) => void start(pod) });
  pods.start(signal);
  await pods.synced(signal);
  return () => {
    for (const pod of pods.list()) void start(pod);
  };
}
