import { defineResource, type ResourceType } from "../resource-types.ts";

/** `apidiscovery.k8s.io/v2 APIGroupDiscoveryList`, the parts read here. Served since Kubernetes 1.30. */
export interface GroupDiscoveryList {
  kind?: string;
  items?: {
    metadata?: { name?: string };
    /** In the server's order of preference. */
    versions: { version: string; resources?: DiscoveredResource[] }[];
  }[];
}

interface DiscoveredResource {
  resource: string;
  responseKind?: { group?: string; version?: string; kind?: string };
  scope: "Cluster" | "Namespaced";
}

export const discoveryAccept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** The kinds that a server serves: a RESTMapper without REST. */
export class DiscoveredTypes {
  readonly #byVersionKind = new Map<string, ResourceType>();
  readonly #preferred = new Map<string, ResourceType>();

  constructor(lists: GroupDiscoveryList[]) {
    for (const type of lists.flatMap(typesOf)) {
      this.#byVersionKind.set(`${type.apiVersion} ${type.kind}`, type);
      const groupKind = `${type.group} ${type.kind}`;
      if (!this.#preferred.has(groupKind)) this.#preferred.set(groupKind, type);
    }
  }

  find(apiVersion: string, kind: string): ResourceType | undefined {
    return this.#byVersionKind.get(`${apiVersion} ${kind}`);
  }

  /** In the version the server prefers. */
  findPreferred(group: string, kind: string): ResourceType | undefined {
    return this.#preferred.get(`${group} ${kind}`);
  }
}

function typesOf(list: GroupDiscoveryList): ResourceType[] {
  return (list.items ?? []).flatMap((item) =>
    item.versions.flatMap(({ version, resources = [] }) =>
      resources.flatMap(({ resource, responseKind, scope }) =>
        responseKind?.kind
          ? defineResource({
              group: item.metadata?.name ?? "",
              version,
              kind: responseKind.kind,
              plural: resource,
              namespaced: scope === "Namespaced",
            })
          : [],
      ),
    ),
  );
}
