import { createHash } from "node:crypto";
import type { CustomResourceDefinition, KubeClient } from "@fairlead/kube";

/** The discovery documents of a real API server without definitions of its own, which virtual clusters repeat. */
export interface Discovery {
  api: string;
  apis: string;
}

interface Resource {
  resource: string;
  responseKind?: { group?: string; version?: string; kind?: string };
  scope: "Cluster" | "Namespaced";
}

interface Group {
  metadata?: { name?: string };
  versions: { version: string; resources?: Resource[] }[];
}

interface GroupList {
  kind: string;
  items: Group[];
}

export interface Document {
  text: string;
  /** As a real API server says it: of the content. */
  etag: string;
}

const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** @param client of a server whose own definitions are all of groups that end in `k8c.io`: those are left out */
export async function recordDiscovery(client: KubeClient): Promise<Discovery> {
  const read = (path: string) => client.requestText({ method: "GET", path, headers: { accept } });
  const [api, apis] = await Promise.all([read("/api"), read("/apis")]);
  const list = JSON.parse(apis) as GroupList;
  const items = list.items.filter(({ metadata }) => !metadata?.name?.endsWith("k8c.io"));
  return { api, apis: JSON.stringify({ ...list, items }) };
}

/** What a server with some definitions serves. */
export class ServedKinds {
  readonly api: Document;
  readonly apis: Document;
  /** `apps/v1/deployments` -> `Deployment` */
  readonly #kinds = new Map<string, string>();

  constructor({ api, apis }: Discovery, definitions: readonly CustomResourceDefinition[]) {
    const list = JSON.parse(apis) as GroupList;
    const all: GroupList = { ...list, items: [...list.items, ...groupsOf(definitions)] };
    this.api = documentOf(api);
    this.apis = documentOf(JSON.stringify(all));
    for (const { metadata, versions } of [...(JSON.parse(api) as GroupList).items, ...all.items]) {
      for (const { version, resources = [] } of versions) {
        const apiVersion = metadata?.name ? `${metadata.name}/${version}` : version;
        for (const { resource, responseKind } of resources) {
          if (responseKind?.kind) this.#kinds.set(`${apiVersion}/${resource}`, responseKind.kind);
        }
      }
    }
  }

  /** Undefined if the server does not serve it. */
  kindOf(apiVersion: string, plural: string): string | undefined {
    return this.#kinds.get(`${apiVersion}/${plural}`);
  }
}

function documentOf(text: string): Document {
  return { text, etag: `"${createHash("sha512").update(text).digest("hex").toUpperCase()}"` };
}

function groupsOf(definitions: readonly CustomResourceDefinition[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { spec } of definitions) {
    const group = groups.get(spec.group) ?? { metadata: { name: spec.group }, versions: [] };
    groups.set(spec.group, group);
    for (const { name: version } of spec.versions) {
      const { kind, plural: resource } = spec.names;
      const known = group.versions.find((served) => served.version === version) ?? { version, resources: [] };
      if (!group.versions.includes(known)) group.versions.push(known);
      known.resources?.push({ resource, responseKind: { group: spec.group, version, kind }, scope: spec.scope });
    }
  }
  return [...groups.values()];
}
