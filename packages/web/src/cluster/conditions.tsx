import type { ApiCluster } from "@fairlead/resources";
import { Card, CardBody, CardTitle, EmptyState, Label } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";
import { Age } from "../components/age.tsx";

type Condition = NonNullable<ApiCluster["status"]["conditions"]>[number];

const named = [
  "CNIReady",
  "CNIMigrated",
  "CNIDowngradePending",
  "CNIControllerReconciledSuccessfully",
  "ClusterControllerReconciledSuccessfully",
  "KubernetesVersionReached",
  "NodePortsRestricted",
  "SpecValid",
  "TunnelReady",
] as const;

/** Conditions whose `True` asks for somebody's doing. */
const complaints: ReadonlySet<string> = new Set(["CNIDowngradePending"]);

/** What Fairlead's controllers say of the cluster, what is not well first. */
export function Conditions({ cluster }: { cluster: ApiCluster }) {
  const { t } = useTranslation();
  const conditions = [...(cluster.status.conditions ?? [])].sort((a, b) => Number(isWell(a)) - Number(isWell(b)));
  return (
    <Card>
      <CardTitle component="h2">{t("clusterPage.conditions.title")}</CardTitle>
      <CardBody>
        {conditions.length === 0 ? (
          <EmptyState titleText={t("clusterPage.conditions.none")} headingLevel="h3" variant="xs" />
        ) : (
          <Table aria-label={t("clusterPage.conditions.title")} variant="compact" borders={false}>
            <Thead>
              <Tr>
                <Th width={25}>{t("clusterPage.conditions.about")}</Th>
                <Th width={15}>{t("common.status")}</Th>
                <Th>{t("clusterPage.conditions.says")}</Th>
                <Th width={15}>{t("clusterPage.conditions.since")}</Th>
              </Tr>
            </Thead>
            <Tbody>
              {conditions.map((condition) => (
                <ConditionRow key={condition.type} condition={condition} />
              ))}
            </Tbody>
          </Table>
        )}
      </CardBody>
    </Card>
  );
}

function ConditionRow({ condition }: { condition: Condition }) {
  const { t } = useTranslation();
  const { type, status, reason = "", message, lastTransitionTime } = condition;
  const known = named.find((name) => name === type);
  const well = isWell(condition);
  const state = well ? "well" : status === "Unknown" ? "unknown" : "notWell";
  return (
    <Tr>
      <Td dataLabel={t("clusterPage.conditions.about")} modifier="breakWord">
        {known ? t(`clusterPage.conditions.names.${known}`) : inWords(type)}
      </Td>
      <Td dataLabel={t("common.status")}>
        <Label isCompact status={well ? "success" : status === "Unknown" ? "info" : "warning"} variant="outline">
          {t(`clusterPage.conditions.${state}`)}
        </Label>
      </Td>
      <Td dataLabel={t("clusterPage.conditions.says")} modifier="breakWord">
        {message || inWords(reason)}
      </Td>
      <Td dataLabel={t("clusterPage.conditions.since")}>{lastTransitionTime && <Age since={lastTransitionTime} />}</Td>
    </Tr>
  );
}

function isWell({ type, status }: Condition): boolean {
  return status === (complaints.has(type) ? "False" : "True");
}

/** `ControlPlaneHealthy` -> `Control plane healthy`. */
function inWords(camelCase: string): string {
  const words = camelCase
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .replace(/ [A-Z](?=[a-z])/g, (start) => start.toLowerCase());
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
