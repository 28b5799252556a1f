/** Kubernetes' rule for names of namespaces (RFC 1123 label). */
export function isNamespaceName(name: unknown): name is string {
  return typeof name === "string" && name.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name);
}

export const namespaceNameRule =
  "expected the name of a namespace: at most 63 lower case letters, digits and '-', which it neither begins nor ends with";
