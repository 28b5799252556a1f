import { z } from "zod";
import type { RenderedObject } from "./rendered-object.ts";

const capabilities = z.record(z.string(), z.boolean());

/** The CNI plugin calico, as far as Canal configures it: policies are Kubernetes', addresses come from the node's pod range. */
const calicoPlugin = z.strictObject({
  type: z.literal("calico"),
  datastore_type: z.literal("kubernetes"),
  nodename: z.string().min(1),
  log_level: z.enum(["debug", "info", "warning", "error"]),
  log_file_path: z.string().startsWith("/var/log/").optional(),
  mtu: z.int().nonnegative().optional(),
  ipam: z.union([
    z.strictObject({ type: z.literal("host-local"), subnet: z.literal("usePodCidr") }),
    z.strictObject({
      type: z.literal("host-local"),
      ranges: z.tuple([
        z.tuple([z.strictObject({ subnet: z.literal("usePodCidr") })]),
        z.tuple([z.strictObject({ subnet: z.literal("usePodCidrIPv6") })]),
      ]),
    }),
  ]),
  policy: z.strictObject({ type: z.literal("k8s") }),
  kubernetes: z.strictObject({ kubeconfig: z.string().min(1) }),
});
const portmapPlugin = z.strictObject({ type: z.literal("portmap"), snat: z.boolean(), capabilities });
const bandwidthPlugin = z.strictObject({ type: z.literal("bandwidth"), capabilities });

/** A network configuration list of the CNI specification, section 1, as far as Fairlead's charts write any. */
export const cniSchema = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/),
  cniVersion: z.enum(["0.3.1", "0.4.0", "1.0.0"]),
  plugins: z.tuple([calicoPlugin], z.discriminatedUnion("type", [portmapPlugin, bandwidthPlugin])),
});

/** flannel's net-conf.json: IPv6 fields come together or not at all. */
const flannelCommon = { Network: z.cidrv4(), Backend: z.strictObject({ Type: z.literal("vxlan") }) };
export const flannelSchema = z.union([
  z.strictObject(flannelCommon),
  z.strictObject({ ...flannelCommon, EnableIPv6: z.literal(true), IPv6Network: z.cidrv6() }),
]);

/** What install-cni makes of the configurations in ConfigMaps: JSON once its placeholders are filled in. */
export function cniConfigurations(objects: readonly RenderedObject[]): unknown[] {
  return entries(objects, "cni_network_config").map((text) => JSON.parse(text.replaceAll("__CNI_MTU__", "1450")));
}

export function flannelConfigurations(objects: readonly RenderedObject[]): unknown[] {
  return entries(objects, "net-conf.json").map((text) => JSON.parse(text));
}

function entries(objects: readonly RenderedObject[], key: string): string[] {
  return objects.flatMap(({ kind, data }) => (kind === "ConfigMap" ? (data?.[key] ?? []) : []));
}
