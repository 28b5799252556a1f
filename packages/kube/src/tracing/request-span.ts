import { SpanKind } from "@opentelemetry/api";
import type { HttpRequest } from "../client/transport.ts";
import type { SpanDescription } from "./tracing.ts";

/**
 * Of a call to an API server, as the semantic conventions for HTTP clients have it: the name is `PATCH clusters/status`,
 * since a path would make one name for each object.
 */
export function requestSpan(server: string, { method, path }: HttpRequest): SpanDescription {
  const { hostname, port } = new URL(server);
  const attributes = {
    "http.request.method": method,
    "server.address": hostname,
    "server.port": Number(port) || 443,
    "url.path": path,
  };
  return { name: `${method} ${resourceOf(path)}`, kind: SpanKind.CLIENT, attributes };
}

const namespaceSubresources: ReadonlySet<string> = new Set(["finalize", "status"]);

/** `pods/log` of `/api/v1/namespaces/a/pods/b/log`. */
function resourceOf(path: string): string {
  const [root, ...rest] = path.split("/").filter(Boolean);
  const parts = rest.slice(root === "apis" ? 2 : 1);
  const isNamespaced = parts[0] === "namespaces" && parts.length > 2 && !namespaceSubresources.has(parts[2] ?? "");
  const [resource, , subresource] = isNamespaced ? parts.slice(2) : parts;
  if (resource === undefined) return root ?? "";
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}
