import {
  Alert,
  Button,
  EmptyState,
  PageSection,
  SearchInput,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
} from "@patternfly/react-core";
import { Link, useParams } from "@tanstack/react-router";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Listing } from "../components/listing.tsx";
import { ClustersTable } from "./clusters-table.tsx";
import type { ListedCluster } from "./listed-clusters.ts";
import { useLiveClusters } from "./live-clusters.ts";

export function ClustersPage() {
  const { t } = useTranslation();
  const { project } = useParams({ from: "/projects/$project/clusters" });
  const { connected, ...query } = useLiveClusters(project);
  const { data } = query;
  const [filter, setFilter] = useState("");
  const wanted = useDeferredValue(filter);
  const shown = useMemo(() => (data ?? []).filter((listed) => matches(listed, wanted)), [data, wanted]);
  const create = (
    <Button component={(props) => <Link to="/projects/$project/create-cluster" params={{ project }} {...props} />}>
      {t("clusters.create")}
    </Button>
  );
  return (
    <PageSection>
      <Listing
        title={t("clusters.title")}
        query={query}
        action={create}
        empty={{ title: t("clusters.empty"), text: t("clusters.emptyText") }}
        notice={!connected && <Alert variant="warning" isInline isPlain title={t("clusters.offline")} />}
      >
        {() => (
          <>
            <Toolbar>
              <ToolbarContent>
                <ToolbarItem>
                  <SearchInput
                    aria-label={t("clusters.filter")}
                    placeholder={t("clusters.filter")}
                    value={filter}
                    onChange={(_event, value) => setFilter(value)}
                    onClear={() => setFilter("")}
                  />
                </ToolbarItem>
                <ToolbarItem alignSelf="center">
                  <span role="status">{t("clusters.count", { count: shown.length })}</span>
                </ToolbarItem>
              </ToolbarContent>
            </Toolbar>
            {shown.length > 0 ? (
              <ClustersTable project={project} clusters={shown} />
            ) : (
              <EmptyState titleText={t("clusters.nothingFound")} headingLevel="h2" />
            )}
          </>
        )}
      </Listing>
    </PageSection>
  );
}

/** Every word of the filter stands somewhere in what the list shows. */
function matches({ cluster: { id, name, spec } }: ListedCluster, filter: string): boolean {
  const { cniPlugin, version, cloud } = spec;
  const text = [name, id, version, cniPlugin?.type, cniPlugin?.version, cloud?.dc].join(" ").toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
