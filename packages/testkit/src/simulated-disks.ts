import { defineResource, type KubeClient, type KubeObject } from "@fairlead/kube";

const storageClass = defineResource({
  group: "storage.k8s.io",
  version: "v1",
  kind: "StorageClass",
  plural: "storageclasses",
  namespaced: false,
});
const volume = defineResource({
  group: "",
  version: "v1",
  kind: "PersistentVolume",
  plural: "persistentvolumes",
  namespaced: false,
});

/** A default storage class whose volumes exist in name only: for pods that are simulated, too. */
export async function createSimulatedDisks(client: KubeClient, count: number): Promise<void> {
  const name = "disks";
  const annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
  await client.create<KubeObject>(storageClass, {
    metadata: { name, annotations },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "WaitForFirstConsumer",
  } as KubeObject);
  for (let index = 0; index < count; index++) {
    await client.create<KubeObject>(volume, {
      metadata: { name: `disk-${index}` },
      spec: {
        capacity: { storage: "10Gi" },
        accessModes: ["ReadWriteOnce"],
        storageClassName: name,
        hostPath: { path: `/simulated/disk-${index}` },
      },
    } as KubeObject);
  }
}
