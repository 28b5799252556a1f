import { healthWord } from "@fairlead/api-client";
import {
  Breadcrumb,
  BreadcrumbItem,
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Flex,
  Grid,
  GridItem,
  PageSection,
  Spinner,
  Title,
} from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { useLiveClusters } from "../clusters/live-clusters.ts";
import { StateLabel } from "../clusters/state-label.tsx";
import { Failure } from "../components/failure.tsx";

export function ClusterPage() {
  const { t } = useTranslation();
  const { project, cluster: id } = useParams({ from: "/projects/$project/clusters/$cluster" });
  useLiveClusters(project);
  const key = ["cluster", project, id];
  const { data: cluster, error, refetch } = useQuery({ queryKey: key, queryFn: () => api.cluster(project, id) });
  const { data: health } = useQuery({ queryKey: [...key, "health"], queryFn: () => api.health(project, id) });
  if (!cluster) {
    return (
      <PageSection>
        {error ? <Failure error={error} retry={refetch} /> : <Spinner aria-label={t("common.loading")} />}
      </PageSection>
    );
  }
  const { spec, status } = cluster;
  const facts: [string, string | undefined][] = [
    [t("cluster.id"), cluster.id],
    [t("clusters.version"), spec.version],
    [t("clusters.cni"), [spec.cniPlugin?.type, spec.cniPlugin?.version].join(" ").trim()],
    [t("clusters.proxyMode"), spec.clusterNetwork?.proxyMode],
    [t("clusters.datacenter"), spec.cloud?.dc],
    [t("cluster.url"), status.url],
  ];
  return (
    <>
      <PageSection>
        <Breadcrumb>
          <BreadcrumbItem>
            <Link to="/projects/$project/clusters" params={{ project }}>
              {t("clusters.title")}
            </Link>
          </BreadcrumbItem>
          <BreadcrumbItem isActive>{cluster.name}</BreadcrumbItem>
        </Breadcrumb>
        <Flex>
          <Title headingLevel="h1">{cluster.name}</Title>
          <StateLabel cluster={cluster} health={health} />
        </Flex>
      </PageSection>
      <PageSection>
        <Grid hasGutter md={6}>
          <GridItem>
            <Facts title={t("cluster.overview")} facts={facts} />
          </GridItem>
          <GridItem>
            <Facts
              title={t("cluster.components")}
              facts={Object.entries(health ?? {}).map(([name, state]) => [name, healthWord(state)])}
            />
          </GridItem>
        </Grid>
      </PageSection>
    </>
  );
}

function Facts({ title, facts }: { title: string; facts: [string, string | undefined][] }) {
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>
        <DescriptionList isHorizontal isCompact>
          {facts.map(([term, text]) => (
            <DescriptionListGroup key={term}>
              <DescriptionListTerm>{term}</DescriptionListTerm>
              <DescriptionListDescription>{text || "–"}</DescriptionListDescription>
            </DescriptionListGroup>
          ))}
        </DescriptionList>
      </CardBody>
    </Card>
  );
}
