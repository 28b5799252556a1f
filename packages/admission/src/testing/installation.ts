import type { Cluster, ClusterTemplate, Project } from "@fairlead/resources";
import type { Installation } from "../installation.ts";

/** With the datacenters `local` and `hetzner-dc`, Kubernetes 1.35.4 and 1.36.3, and the current catalogue. */
export const installation: Installation = {
  configuration: { metadata: {}, spec: { versions: { versions: ["v1.35.4", "v1.36.3"] } } },
  seeds: [
    {
      metadata: { name: "embedded" },
      spec: { datacenters: { local: { spec: { bringyourown: {} } }, "hetzner-dc": { spec: { hetzner: {} } } } },
    },
  ],
};

export const project: Project = { metadata: { name: "p1" }, spec: { name: "p" } };

export function minimalCluster(spec: Partial<Cluster["spec"]> = {}): Cluster {
  return {
    metadata: { name: "abc", labels: { "project-id": "p1" } },
    spec: { humanReadableName: "c", version: "1.36.3", cloud: { dc: "local", bringyourown: {} }, ...spec },
  };
}

/** The installation, its seed having that template as the defaults of its clusters. */
export function withSeedTemplate(template: ClusterTemplate): Installation {
  const seeds = installation.seeds.map((seed) => ({
    ...seed,
    spec: { ...seed.spec, defaultClusterTemplate: template.metadata.name },
  }));
  return { ...installation, seeds, defaultTemplates: [template] };
}
