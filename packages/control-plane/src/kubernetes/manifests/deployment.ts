import type { Deployment, PodTemplateSpec } from "@fairlead/kube";
import { type Component, metadata, type Placed, selector, VERSION_LABEL } from "./pod.ts";

export interface DeploymentOptions {
  component: Exclude<Component, "etcd">;
  /** Kubernetes version. */
  version: string;
  replicas: number;
  template: PodTemplateSpec;
}

/** A new pod is ready before an old one goes. */
export function deployment(placed: Placed, options: DeploymentOptions): Deployment {
  const { component, version, replicas, template } = options;
  const meta = metadata(placed, component);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...meta, labels: { ...meta.labels, [VERSION_LABEL]: version } },
    spec: {
      replicas,
      selector: { matchLabels: selector(component) },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template,
    },
  };
}
