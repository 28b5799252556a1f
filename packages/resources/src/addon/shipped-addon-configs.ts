import type { AddonConfig } from "./addon-config.ts";

/** The AddonConfigs of the add-ons that Fairlead ships for users to install. An operator's own take their place. */
export function shippedAddonConfigs(): AddonConfig[] {
  return [
    {
      metadata: { name: "hubble" },
      spec: {
        shortDescription: "See the network's flows (Cilium 1.11 and 1.12)",
        description:
          "Hubble shows which pods talk to each other and what network policies drop. It is for clusters with Cilium 1.11 or " +
          "1.12; from 1.13 on it is a part of Cilium itself, switched by the value hubble.ui.enabled.",
        formSpec: [
          {
            internalName: "hubble.ui",
            displayName: "Web page",
            helpText: "Serve the web page, at Service hubble-ui in kube-system.",
            type: "boolean",
          },
        ],
      },
    },
    {
      metadata: { name: "multus" },
      spec: {
        shortDescription: "More than one network interface for pods",
        description:
          "Multus attaches pods to further networks, beside that of the cluster's CNI, which it calls first. It works with any " +
          "CNI and replaces none: a node without one stays without network.",
        formSpec: [
          {
            internalName: "multus.logLevel",
            displayName: "Log level",
            helpText: "debug, error, panic or verbose.",
            type: "text",
          },
          {
            internalName: "multus.namespaceIsolation",
            displayName: "Namespace isolation",
            helpText: "Let pods use only the networks of their own namespace.",
            type: "boolean",
          },
        ],
      },
    },
  ];
}
