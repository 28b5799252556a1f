import type { ApiFieldExplanation } from "@fairlead/resources";
import { Content, Label, type LabelProps, Spinner, Stack, StackItem } from "@patternfly/react-core";
import { LockIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import type { ClusterTabProps } from "./cluster-tabs.ts";
import { HubbleCard } from "./hubble-card.tsx";
import { grouped, labelOf } from "./network-fields.ts";
import { clusterKey } from "./use-live-cluster.ts";

const sourceColors: Record<ApiFieldExplanation["source"], LabelProps["color"]> = {
  request: "blue",
  stored: "blue",
  template: "purple",
  seed: "teal",
  provider: "teal",
  rule: "grey",
};

/** Every value of the network that takes effect: what it is, why, and whether it can become another one. */
export function NetworkTab({ project, cluster }: ClusterTabProps) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: [...clusterKey(project, cluster.id), "explanation"],
    queryFn: () => api.explainCluster(project, cluster.id),
  });
  return (
    <Stack hasGutter>
      <HubbleCard project={project} cluster={cluster} />
      <StackItem>
        {error && <Failure error={error} retry={refetch} />}
        {!data && !error && <Spinner aria-label={t("common.loading")} />}
        {data && <FieldsTable fields={data.fields} />}
      </StackItem>
    </Stack>
  );
}

function FieldsTable({ fields }: { fields: readonly ApiFieldExplanation[] }) {
  const { t } = useTranslation();
  return (
    <Table aria-label={t("clusterPage.tabs.network")} variant="compact">
      <Thead>
        <Tr>
          <Th width={20}>{t("clusterPage.network.setting")}</Th>
          <Th width={20}>{t("clusterPage.network.value")}</Th>
          <Th width={30}>{t("clusterPage.network.why")}</Th>
          <Th width={30}>{t("clusterPage.network.change")}</Th>
        </Tr>
      </Thead>
      {grouped(fields).map(([group, members]) => (
        <Tbody key={group}>
          <Tr>
            <Th colSpan={4} scope="colgroup" className="fl-group">
              {t(`clusterPage.network.groups.${group}`)}
            </Th>
          </Tr>
          {members.map((explained) => (
            <FieldRow key={explained.field} {...explained} />
          ))}
        </Tbody>
      ))}
    </Table>
  );
}

function FieldRow({ field, value, source, reason, limits }: ApiFieldExplanation) {
  const { t } = useTranslation();
  const label = labelOf(field);
  return (
    <Tr>
      <Td dataLabel={t("clusterPage.network.setting")}>
        {label ? t(label) : field}
        {label && <Content component="small">{field.replace(/^spec\./, "")}</Content>}
      </Td>
      <Td dataLabel={t("clusterPage.network.value")} modifier="breakWord">
        <strong>
          <Value value={value} />
        </strong>
      </Td>
      <Td dataLabel={t("clusterPage.network.why")}>
        <Label isCompact color={sourceColors[source]}>
          {t(`clusterPage.network.sources.${source}`)}
        </Label>
        <div>{reason}</div>
      </Td>
      <Td dataLabel={t("clusterPage.network.change")}>
        {limits.length === 0 && t("clusterPage.network.changeable")}
        {limits.map(({ code, summary, unlockedBy, unlocked }) => (
          <div key={code}>
            {!unlocked && <LockIcon className="fl-inline-icon" />} {summary}
            {unlockedBy && (
              <Content component="small">
                {t(unlocked ? "clusterPage.network.unlocked" : "clusterPage.network.unlockedBy", { label: unlockedBy })}
              </Content>
            )}
          </div>
        ))}
      </Td>
    </Tr>
  );
}

function Value({ value }: { value: unknown }) {
  const { t } = useTranslation();
  if (typeof value === "boolean") return t(value ? "clusterPage.on" : "clusterPage.off");
  if (Array.isArray(value)) return value.map((one: unknown) => <div key={String(one)}>{String(one)}</div>);
  return typeof value === "string" ? value : JSON.stringify(value);
}
