import type { ServedKinds } from "./discovery.ts";
import { Refusal, type Target } from "./virtual-cluster.ts";

/** `/apis/apps/v1/namespaces/kube-system/deployments/coredns` -> where that is. @throws Refusal 404 for a kind that is not served */
export function targetOf(path: string, kinds: ServedKinds): Target {
  const parts = path.split("/").filter((part) => part !== "");
  const group = parts[0] === "apis" ? (parts[1] ?? "") : "";
  const rest = parts.slice(group === "" ? 1 : 2);
  const [version = "", ...segments] = rest;
  const isNamespaced = segments[0] === "namespaces" && segments.length > 2;
  const namespace = isNamespaced ? segments[1] : undefined;
  const [plural = "", name, subresource] = isNamespaced ? segments.slice(2) : segments;
  const apiVersion = group === "" ? version : `${group}/${version}`;
  const kind = kinds.kindOf(apiVersion, plural);
  if (kind === undefined) throw new Refusal(404, "NotFound", "the server could not find the requested resource");
  return {
    collection: `${group}/${plural}`,
    kind,
    apiVersion,
    ...(namespace === undefined ? {} : { namespace: decodeURIComponent(namespace) }),
    ...(name === undefined ? {} : { name: decodeURIComponent(name) }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}
