import {
  Alert,
  Breadcrumb,
  BreadcrumbItem,
  EmptyState,
  EmptyStateBody,
  Flex,
  PageSection,
  Spinner,
  Tab,
  TabContent,
  Tabs,
  TabTitleText,
  Title,
} from "@patternfly/react-core";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { NoPage } from "../app/no-page.tsx";
import { StateLabel } from "../clusters/state-label.tsx";
import { Failure } from "../components/failure.tsx";
import { ClusterActions } from "./cluster-actions.tsx";
import { clusterTabs } from "./cluster-tabs.ts";
import { useLiveCluster } from "./use-live-cluster.ts";

const [firstTab] = clusterTabs;
const contentId = "cluster-tab";

/** One cluster: its name and state, and below them what each tab shows. */
export function ClusterPage() {
  const { t } = useTranslation();
  const { project, cluster: id } = useParams({ from: "/projects/$project/clusters/$cluster" });
  const { tab: name = firstTab?.name } = useParams({ strict: false });
  const { cluster, health, error, refetch, connected, deleted } = useLiveCluster(project, id);
  const tab = clusterTabs.find((known) => known.name === name);
  if (!tab) return <NoPage />;
  if (!cluster) {
    return (
      <PageSection>
        {error ? <Failure error={error} retry={refetch} /> : <Spinner aria-label={t("common.loading")} />}
      </PageSection>
    );
  }
  if (deleted) return <Gone project={project} name={cluster.name} />;
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
        <Flex justifyContent={{ default: "justifyContentSpaceBetween" }}>
          <Flex>
            <Title headingLevel="h1">{cluster.name}</Title>
            <StateLabel cluster={cluster} health={health} />
          </Flex>
          <ClusterActions project={project} cluster={cluster} />
        </Flex>
        {!connected && <Alert variant="warning" isInline isPlain title={t("clusters.offline")} />}
      </PageSection>
      <PageSection type="tabs">
        <TabLinks project={project} cluster={id} current={tab.name} />
      </PageSection>
      <PageSection>
        <TabContent id={contentId} eventKey={tab.name} activeKey={tab.name} aria-label={t(tab.title)}>
          <tab.Content project={project} cluster={cluster} health={health} />
        </TabContent>
      </PageSection>
    </>
  );
}

function Gone({ project, name }: { project: string; name: string }) {
  const { t } = useTranslation();
  return (
    <PageSection>
      <EmptyState titleText={t("clusterPage.delete.done", { name })} headingLevel="h1">
        <EmptyStateBody>
          <Link to="/projects/$project/clusters" params={{ project }}>
            {t("clusters.title")}
          </Link>
        </EmptyStateBody>
      </EmptyState>
    </PageSection>
  );
}

/** Links, not buttons: each tab has an address of its own, which can be kept and opened anew. */
function TabLinks({ project, cluster, current }: { project: string; cluster: string; current: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const at = `/projects/${encodeURIComponent(project)}/clusters/${encodeURIComponent(cluster)}`;
  const addressOf = (name: string) => (name === firstTab?.name ? at : `${at}/${name}`);
  return (
    <Tabs
      activeKey={current}
      aria-label={t("clusterPage.tabs.label")}
      usePageInsets
      onSelect={(event, name) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        void navigate({ to: addressOf(String(name)) });
      }}
    >
      {clusterTabs.map(({ name, title }) => (
        <Tab
          key={name}
          eventKey={name}
          href={addressOf(name)}
          title={<TabTitleText>{t(title)}</TabTitleText>}
          tabContentId={contentId}
        />
      ))}
    </Tabs>
  );
}
