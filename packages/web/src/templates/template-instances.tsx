import type { ApiClusterTemplate, ApiTemplateInstance } from "@fairlead/resources";
import { Card, CardBody, CardTitle, Progress, Stack, StackItem } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ListedCluster } from "../clusters/listed-clusters.ts";
import { useLiveClusters } from "../clusters/live-clusters.ts";
import { StateLabel } from "../clusters/state-label.tsx";
import { Listing } from "../components/listing.tsx";
import { useInstances } from "./template-queries.ts";

interface TemplateInstancesProps {
  project: string;
  template: ApiClusterTemplate;
}

/** How far each request for clusters of the template is. */
export function TemplateInstances({ project, template }: TemplateInstancesProps) {
  const { t } = useTranslation();
  const query = useInstances(project, template.id);
  const { data: clusters = [] } = useLiveClusters(project);
  const byId = useMemo(() => new Map(clusters.map((listed) => [listed.cluster.id, listed])), [clusters]);
  return (
    <Listing
      title={t("templates.instances")}
      level={2}
      query={query}
      empty={{ title: t("templates.noInstances"), text: t("templates.noInstancesText") }}
    >
      {(instances) => (
        <Stack hasGutter>
          {instances.map((instance) => (
            <StackItem key={instance.name}>
              <Instance project={project} instance={instance} clusters={byId} />
            </StackItem>
          ))}
        </Stack>
      )}
    </Listing>
  );
}

/** A request may be for hundreds; those that are refused come first. */
const most = 50;

interface InstanceProps {
  project: string;
  instance: ApiTemplateInstance;
  /** Those that there are, as the list of clusters has them. */
  clusters: ReadonlyMap<string, ListedCluster>;
}

function Instance({ project, instance, clusters: listed }: InstanceProps) {
  const { t } = useTranslation();
  const { replicas: count } = instance.spec;
  const { created, refused, complete, clusters } = instance.status;
  const state = t("templates.created", { created, count });
  const first = clusters.toSorted((a, b) => Number(b.state === "Refused") - Number(a.state === "Refused"));
  return (
    <Card isCompact>
      <CardTitle component="h3">{t("templates.request", { count })}</CardTitle>
      <CardBody>
        <Progress
          aria-label={t("templates.progress")}
          value={created}
          max={count}
          label={state}
          valueText={state}
          size="sm"
          measureLocation="outside"
          {...(complete ? { variant: "success" } : refused > 0 ? { variant: "danger" } : {})}
        />
        <Table aria-label={t("templates.request", { count })} variant="compact">
          <Thead>
            <Tr>
              <Th>{t("common.name")}</Th>
              <Th>{t("common.status")}</Th>
            </Tr>
          </Thead>
          <Tbody>
            {first.slice(0, most).map((cluster) => (
              <Tr key={cluster.name}>
                <Td dataLabel={t("common.name")}>
                  {cluster.id ? (
                    <Link to="/projects/$project/clusters/$cluster" params={{ project, cluster: cluster.id }}>
                      {cluster.name}
                    </Link>
                  ) : (
                    cluster.name
                  )}
                </Td>
                <Td dataLabel={t("common.status")}>
                  <State cluster={listed.get(cluster.id ?? "")} message={cluster.message} />
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
        {clusters.length > most && <p>{t("createCluster.plan.more", { count: clusters.length - most })}</p>}
      </CardBody>
    </Card>
  );
}

/** One that was deleted later does not come back. */
function State({ cluster, message }: { cluster: ListedCluster | undefined; message: string | undefined }) {
  const { t } = useTranslation();
  return message ?? (cluster ? <StateLabel {...cluster} /> : t("templates.gone"));
}
