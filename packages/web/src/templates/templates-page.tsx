import { Button, PageSection } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Age } from "../components/age.tsx";
import { Listing } from "../components/listing.tsx";
import { RowActions } from "../components/row-actions.tsx";
import { ScopeLabel } from "./scope-label.tsx";
import { useTemplates } from "./template-queries.ts";
import { useTemplateDialogs } from "./use-template-dialogs.tsx";

export function TemplatesPage() {
  const { t } = useTranslation();
  const { project } = useParams({ from: "/projects/$project/templates" });
  const query = useTemplates(project);
  const { itemsOf, dialog } = useTemplateDialogs(project);
  return (
    <PageSection>
      <Listing
        title={t("templates.title")}
        query={query}
        action={
          <Button
            component={(props) => <Link to="/projects/$project/create-cluster" params={{ project }} {...props} />}
          >
            {t("templates.create")}
          </Button>
        }
        empty={{ title: t("templates.empty"), text: t("templates.emptyText") }}
      >
        {(templates) => (
          <Table aria-label={t("templates.title")}>
            <Thead>
              <Tr>
                <Th modifier="nowrap">{t("common.name")}</Th>
                <Th modifier="nowrap">{t("createCluster.template.scope")}</Th>
                <Th modifier="nowrap">{t("clusters.version")}</Th>
                <Th modifier="nowrap">{t("clusters.cni")}</Th>
                <Th modifier="nowrap">{t("clusters.datacenter")}</Th>
                <Th modifier="nowrap">{t("templates.author")}</Th>
                <Th modifier="nowrap">{t("common.age")}</Th>
                <Th screenReaderText={t("common.actions")} />
              </Tr>
            </Thead>
            <Tbody>
              {templates.map((template) => {
                const { id, name, scope, user, creationTimestamp } = template;
                const { version, cniPlugin, cloud } = template.cluster.spec;
                return (
                  <Tr key={id}>
                    <Td dataLabel={t("common.name")}>
                      <Link to="/projects/$project/templates/$template" params={{ project, template: id }}>
                        {name}
                      </Link>
                    </Td>
                    <Td dataLabel={t("createCluster.template.scope")}>
                      <ScopeLabel scope={scope} />
                    </Td>
                    <Td dataLabel={t("clusters.version")}>{version || t("templates.open")}</Td>
                    <Td dataLabel={t("clusters.cni")}>
                      {[cniPlugin?.type, cniPlugin?.version].filter(Boolean).join(" ") || t("templates.open")}
                    </Td>
                    <Td dataLabel={t("clusters.datacenter")}>{cloud?.dc || t("templates.open")}</Td>
                    <Td dataLabel={t("templates.author")}>{user}</Td>
                    <Td dataLabel={t("common.age")}>
                      <Age since={creationTimestamp} />
                    </Td>
                    <Td isActionCell>
                      <RowActions items={itemsOf(template)} label={t("templates.actionsOf", { name })} />
                    </Td>
                  </Tr>
                );
              })}
            </Tbody>
          </Table>
        )}
      </Listing>
      {dialog}
    </PageSection>
  );
}
