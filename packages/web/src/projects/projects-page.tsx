import { Button, PageSection } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Age } from "../components/age.tsx";
import { Listing } from "../components/listing.tsx";
import { CreateProjectDialog } from "./create-project-dialog.tsx";

export function ProjectsPage() {
  const { t } = useTranslation();
  const [creating, setCreating] = useState(false);
  const query = useQuery({ queryKey: ["projects"], queryFn: () => api.projects() });
  return (
    <PageSection>
      <Listing
        title={t("projects.title")}
        query={query}
        action={<Button onClick={() => setCreating(true)}>{t("projects.create")}</Button>}
        empty={{ title: t("projects.empty"), text: t("projects.emptyText") }}
      >
        {(projects) => (
          <Table aria-label={t("projects.title")}>
            <Thead>
              <Tr>
                <Th>{t("common.name")}</Th>
                <Th>{t("projects.id")}</Th>
                <Th>{t("common.age")}</Th>
              </Tr>
            </Thead>
            <Tbody>
              {projects.map(({ id, name, creationTimestamp }) => (
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
      </Listing>
      {creating && <CreateProjectDialog close={() => setCreating(false)} />}
    </PageSection>
  );
}
