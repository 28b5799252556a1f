import type { ApiClusterTemplate } from "@fairlead/resources";
import {
  Breadcrumb,
  BreadcrumbItem,
  Card,
  CardBody,
  CardTitle,
  CodeBlock,
  CodeBlockCode,
  Flex,
  Grid,
  GridItem,
  PageSection,
  Spinner,
  Title,
} from "@patternfly/react-core";
import type { IAction } from "@patternfly/react-table";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { NoPage } from "../app/no-page.tsx";
import { Facts } from "../cluster/facts.tsx";
import { Failure } from "../components/failure.tsx";
import { RowActions } from "../components/row-actions.tsx";
import { ScopeLabel } from "./scope-label.tsx";
import { templateText } from "./template-document.ts";
import { TemplateInstances } from "./template-instances.tsx";
import { useTemplates } from "./template-queries.ts";
import { useTemplateDialogs } from "./use-template-dialogs.tsx";

/** A template, and the clusters that come of it. */
export function TemplatePage() {
  const { t } = useTranslation();
  const { project, template: id } = useParams({ from: "/projects/$project/templates/$template" });
  const navigate = useNavigate();
  const { data, error, refetch } = useTemplates(project);
  const { itemsOf, dialog } = useTemplateDialogs(project, () =>
    navigate({ to: "/projects/$project/templates", params: { project } }),
  );
  const template = data?.find((each) => each.id === id);
  if (!template && data) return <NoPage />;
  if (!template) {
    return (
      <PageSection>
        {error ? <Failure error={error} retry={refetch} /> : <Spinner aria-label={t("common.loading")} />}
      </PageSection>
    );
  }
  return (
    <>
      <PageSection>
        <Breadcrumb>
          <BreadcrumbItem>
            <Link to="/projects/$project/templates" params={{ project }}>
              {t("templates.title")}
            </Link>
          </BreadcrumbItem>
          <BreadcrumbItem isActive>{template.name}</BreadcrumbItem>
        </Breadcrumb>
        <Flex>
          <Title headingLevel="h1">{template.name}</Title>
          <ScopeLabel scope={template.scope} />
          <RowActions
            items={firstAsButton(itemsOf(template))}
            label={t("templates.actionsOf", { name: template.name })}
          />
        </Flex>
      </PageSection>
      <PageSection>
        <Grid hasGutter lg={6}>
          <GridItem>
            <TemplateFacts template={template} />
          </GridItem>
          <GridItem>
            <Card isFullHeight>
              <CardTitle component="h2">{t("createCluster.formats.yaml")}</CardTitle>
              <CardBody>
                <CodeBlock>
                  <CodeBlockCode className="fl-scrolled" tabIndex={0}>
                    {templateText(template)}
                  </CodeBlockCode>
                </CodeBlock>
              </CardBody>
            </Card>
          </GridItem>
        </Grid>
      </PageSection>
      <PageSection>
        <TemplateInstances project={project} template={template} />
      </PageSection>
      {dialog}
    </>
  );
}

function firstAsButton([first, ...others]: IAction[]): IAction[] {
  return first ? [{ ...first, isOutsideDropdown: true }, ...others] : [];
}

/** What its author left open is decided when a cluster is made. */
function TemplateFacts({ template }: { template: ApiClusterTemplate }) {
  const { t } = useTranslation();
  const { cluster, nodeDeployment, applications = [] } = template;
  const { version, cniPlugin, clusterNetwork, cloud, exposeStrategy } = cluster.spec;
  const facts: [string, ReactNode][] = [
    [t("clusters.datacenter"), cloud?.dc],
    [t("clusters.version"), version],
    [t("clusters.cni"), [cniPlugin?.type, cniPlugin?.version].filter(Boolean).join(" ")],
    [t("createCluster.ipFamily"), clusterNetwork?.ipFamily],
    [t("clusters.proxyMode"), clusterNetwork?.proxyMode],
    [t("createCluster.pods"), clusterNetwork?.pods?.cidrBlocks?.join(", ")],
    [t("createCluster.services"), clusterNetwork?.services?.cidrBlocks?.join(", ")],
    [t("createCluster.exposeStrategy"), exposeStrategy],
  ];
  return (
    <Facts
      title={t("templates.makes")}
      facts={[
        ...facts.map(([term, text]) => [term, text || t("templates.open")] as const),
        [t("createCluster.nodes"), String(nodeDeployment.spec.replicas ?? 0)],
        [t("createCluster.applications"), applications.map(({ name }) => name).join(", ") || t("common.none")],
        [t("templates.author"), template.user],
      ]}
    />
  );
}
