/** RFC 3339, in whole seconds, as Kubernetes' `metav1.Time` keeps times. */
export function kubernetesTime(date = new Date()): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}
