import {
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Flex,
  FlexItem,
  PageSection,
  Spinner,
  Title,
} from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Age } from "../components/age.tsx";
import { Failure } from "../components/failure.tsx";
import { CreateProjectDialog } from "./create-project-dialog.tsx";

export function ProjectsPage() {
  const { t } = useTranslation();
  const [creating, setCreating] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: ["projects"], queryFn: () => api.projects() });
  const create = <Button onClick={() => setCreating(true)}>{t("projects.create")}</Button>;
  return (
    <PageSection>
      <Flex justifyContent={{ default: "justifyContentSpaceBetween" }}>
        <FlexItem>
          <Title headingLevel="h1">{t("projects.title")}</Title>
        </FlexItem>
        {data && data.length > 0 && <FlexItem>{create}</FlexItem>}
      </Flex>
      {error && <Failure error={error} retry={refetch} />}
      {!data && !error && <Spinner aria-label={t("common.loading")} />}
      {data?.length === 0 && (
        <EmptyState titleText={t("projects.empty")} headingLevel="h2">
          <EmptyStateBody>{t("projects.emptyText")}</EmptyStateBody>
          <EmptyStateFooter>
            <EmptyStateActions>{create}</EmptyStateActions>
          </EmptyStateFooter>
        </EmptyState>
      )}
      {data && data.length > 0 && (
        <Table aria-label={t("projects.title")}>
          <Thead>
            <Tr>
              <Th>{t("common.name")}</Th>
              <Th>{t("projects.id")}</Th>
              <Th>{t("common.age")}</Th>
            </Tr>
          </Thead>
          <Tbody>
            {data.map(({ id, name, creationTimestamp }) => (
              <Tr key={id}>
                <Td dataLabel={t("common.name")}>
                  <Link to="/projects/$project/clusters" params={{ project: id }}>
                    {name}
                  </Link>
                </Td>
                <Td dataLabel={t("projects.id")}>{id}</Td>
                <Td dataLabel={t("common.age")}>
                  <Age since={creationTimestamp} />
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
      {creating && <CreateProjectDialog close={() => setCreating(false)} />}
    </PageSection>
  );
}
