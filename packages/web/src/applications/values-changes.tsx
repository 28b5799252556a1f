import type { ClusterRef } from "@fairlead/api-client";
import type { ApiApplicationValuesPreview } from "@fairlead/resources";
import { Alert, EmptyState, Label, Spinner } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import type { ListedApplication } from "./application-queries.ts";

interface ValuesChangesProps {
  cluster: ClusterRef;
  application: ListedApplication;
  /** Undefined while the text cannot be read. */
  values: Record<string, unknown> | undefined;
}

/** What an edit would do to the release, as the server says. */
export function ValuesChanges({ cluster, application, values }: ValuesChangesProps) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["values-preview", cluster, application.namespace, application.name, values],
    queryFn: () => api.previewApplicationValues(cluster, application, values ?? {}),
    enabled: values !== undefined,
    gcTime: 0,
  });
  if (values === undefined) return <EmptyState titleText={t("values.errors")} headingLevel="h3" variant="sm" />;
  if (error) return <Failure error={error} />;
  if (!data) return <Spinner aria-label={t("common.loading")} />;
  return (
    <>
      {data.errors.map(({ field, message }) => (
        <Alert key={field + message} variant="danger" isInline isPlain title={`${field}: ${message}`} />
      ))}
      {data.changes.length === 0 ? (
        <EmptyState titleText={t("values.noChange")} headingLevel="h3" variant="sm" />
      ) : (
        <Table aria-label={t("values.changes")} variant="compact">
          <Thead>
            <Tr>
              <Th>{t("values.key")}</Th>
              <Th>{t("values.before")}</Th>
              <Th>{t("values.after")}</Th>
            </Tr>
          </Thead>
          <Tbody>
            {data.changes.map(({ pointer, path, before, after }) => (
              <Tr key={pointer}>
                <Td dataLabel={t("values.key")}>{path}</Td>
                <Td dataLabel={t("values.before")}>
                  <Side side={before} />
                </Td>
                <Td dataLabel={t("values.after")}>
                  <Side side={after} />
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </>
  );
}

function Side({ side }: { side: ApiApplicationValuesPreview["changes"][number]["after"] }) {
  const { t } = useTranslation();
  if (!side) return "–";
  return (
    <>
      <code>{JSON.stringify(side.value)}</code>{" "}
      <Label isCompact variant="outline">
        {t(`values.layers.${side.layer}`)}
      </Label>
    </>
  );
}
