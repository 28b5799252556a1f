export const chartSourceKey: readonly string[] = ["system-applications"];
export const ciliumKey: readonly string[] = ["application-definition-of", "cilium"];
