import { Alert, List, ListItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { SideEffect } from "./change.ts";

const labels = {
  "spec.cniPlugin.version": "cniVersion",
  "spec.clusterNetwork.proxyMode": "proxyMode",
  "spec.clusterNetwork.ipvs.strictArp": "strictArp",
  "spec.clusterNetwork.pods.cidrBlocks": "pods",
  "spec.clusterNetwork.services.cidrBlocks": "services",
  "spec.clusterNetwork.nodeCidrMaskSizeIPv4": "nodeMaskIPv4",
  "spec.clusterNetwork.nodeCidrMaskSizeIPv6": "nodeMaskIPv6",
  "spec.clusterNetwork.tunnelingAgentIP": "tunnelingAgentIP",
} as const;

/** What a choice has changed beside itself, and why. */
export function SideEffects({ effects }: { effects: readonly SideEffect[] }) {
  const { t } = useTranslation();
  return (
    <div aria-live="polite">
      {effects.length > 0 && (
        <Alert variant="info" isInline title={t("createCluster.alsoChanged")}>
          <List isPlain>
            {effects.map(({ field, after, reason }) => {
              const label = labels[field as keyof typeof labels];
              const name = label ? t(`createCluster.${label}`) : field;
              const value = Array.isArray(after) ? after.join(", ") : String(after);
              return <ListItem key={field}>{t("createCluster.nowIs", { name, value, reason })}</ListItem>;
            })}
          </List>
        </Alert>
      )}
    </div>
  );
}
