/** Hosts that images are pulled from if nothing else is said. */
const publicRegistry =
  /(?:^|[^\w./-])((?:docker\.io|quay\.io|gcr\.io|ghcr\.io|registry\.k8s\.io|k8s\.gcr\.io)\/[\w./:@-]+)/g;

/**
 * Every image reference in rendered objects: the fields named `image`, wherever they are, and what looks like one in
 * arguments, environment and configuration.
 */
export function imagesOf(value: unknown): string[] {
  if (typeof value === "string") return [...value.matchAll(publicRegistry)].flatMap(([, image]) => image ?? []);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === "image" && typeof child === "string" ? [child] : imagesOf(child),
  );
}
