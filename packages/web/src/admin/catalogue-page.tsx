import {
  type Catalogue,
  type CniCatalogue,
  type CniVersion,
  latestSupported,
  minorNumber,
} from "@fairlead/network/rules";
import type { ApiCniCluster } from "@fairlead/resources";
import { Label, PageSection, Spinner, Title } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { useCatalogue } from "../clusters/use-catalogue.ts";
import { Failure } from "../components/failure.tsx";
import { Listing } from "../components/listing.tsx";
import { clustersByVersion, outdatedClusters, versionKey } from "./cni-usage.ts";

/** Which CNI versions there are, what is known against them, and who still has which. */
export function CataloguePage() {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const query = useQuery({ queryKey: ["cni-clusters"], queryFn: () => api.cniClusters() });
  if (!catalogue) {
    return (
      <PageSection>
        <Title headingLevel="h1">{t("admin.catalogue")}</Title>
        <Spinner aria-label={t("common.loading")} />
      </PageSection>
    );
  }
  return (
    <>
      <PageSection>
        <Title headingLevel="h1">{t("admin.catalogue")}</Title>
        {t("admin.catalogueText", { name: catalogue.name })}
      </PageSection>
      <PageSection>
        <Outdated catalogue={catalogue} query={query} />
      </PageSection>
      {query.error && <Failure error={query.error} retry={query.refetch} />}
      {(["cilium", "canal"] as const).map((type) => {
        const versions = catalogue.types.get(type);
        return (
          versions && (
            <PageSection key={type}>
              <Title headingLevel="h2">{t(`createCluster.cniTypes.${type}.name`)}</Title>
              <Versions type={type} catalogue={versions} clusters={query.data} />
            </PageSection>
          )
        );
      })}
    </>
  );
}

interface VersionsProps {
  type: string;
  catalogue: CniCatalogue;
  clusters: readonly ApiCniCluster[] | undefined;
}

function Versions({ type, catalogue, clusters }: VersionsProps) {
  const { t } = useTranslation();
  const counts = clusters && clustersByVersion(clusters);
  return (
    <Table aria-label={t("admin.versionsOf", { type })} variant="compact">
      <Thead>
        <Tr>
          <Th modifier="nowrap">{t("admin.version")}</Th>
          <Th modifier="nowrap">{t("common.status")}</Th>
          <Th modifier="nowrap">{t("clusters.version")}</Th>
          <Th modifier="nowrap">{t("admin.delivery")}</Th>
          <Th modifier="nowrap">{t("admin.kernel")}</Th>
          <Th modifier="nowrap">{t("admin.advisories")}</Th>
          <Th modifier="nowrap">{t("clusters.title")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {[...catalogue.versions.values()].toReversed().map((entry) => (
          <Tr key={entry.version}>
            <Td dataLabel={t("admin.version")}>{entry.version}</Td>
            <Td dataLabel={t("common.status")}>
              <Phase entry={entry} isDefault={entry.version === catalogue.defaultVersion} />
            </Td>
            <Td dataLabel={t("clusters.version")} modifier="nowrap">
              {entry.kubernetes ? `${entry.kubernetes.from} – ${entry.kubernetes.to}` : t("admin.any")}
            </Td>
            <Td dataLabel={t("admin.delivery")}>{entry.delivery && t(`admin.deliveries.${entry.delivery}`)}</Td>
            <Td dataLabel={t("admin.kernel")}>{entry.leastKernel ?? "–"}</Td>
            <Td dataLabel={t("admin.advisories")}>{entry.advisories.join(", ") || "–"}</Td>
            <Td dataLabel={t("clusters.title")} className="fl-numbers">
              {counts ? (counts.get(versionKey({ type, version: entry.version })) ?? 0) : "–"}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function Phase({ entry, isDefault }: { entry: CniVersion; isDefault: boolean }) {
  const { t } = useTranslation();
  if (entry.phase === "deprecated") {
    return (
      <Label status="warning" isCompact>
        {t("clusters.deprecated")}
      </Label>
    );
  }
  return (
    <Label status={isDefault ? "success" : "info"} isCompact>
      {t(isDefault ? "admin.default" : "admin.supported")}
    </Label>
  );
}

interface OutdatedProps {
  catalogue: Catalogue;
  query: { data: readonly ApiCniCluster[] | undefined; error: unknown; refetch: () => unknown };
}

/** A list of hundreds is for the command line. */
const most = 100;

function Outdated({ catalogue, query }: OutdatedProps) {
  const { t } = useTranslation();
  const { data } = query;
  return (
    <Listing
      title={t("admin.outdated")}
      level={2}
      query={{ ...query, error: undefined, data: data && outdatedClusters(data, catalogue) }}
      empty={{ title: t("admin.noneOutdated"), text: t("admin.noneOutdatedText") }}
    >
      {(clusters) => (
        <>
          <Table aria-label={t("admin.outdated")} variant="compact">
            <Thead>
              <Tr>
                <Th modifier="nowrap">{t("common.name")}</Th>
                <Th modifier="nowrap">{t("admin.project")}</Th>
                <Th modifier="nowrap">{t("clusters.version")}</Th>
                <Th modifier="nowrap">{t("clusters.cni")}</Th>
                <Th modifier="nowrap">{t("admin.recommended")}</Th>
              </Tr>
            </Thead>
            <Tbody>
              {clusters.slice(0, most).map(({ id, name, projectID: project, version, cniPlugin }) => (
                <Tr key={id}>
                  <Td dataLabel={t("common.name")}>
                    <Link to="/projects/$project/clusters/$cluster" params={{ project, cluster: id }}>
                      {name}
                    </Link>
                  </Td>
                  <Td dataLabel={t("admin.project")}>{project}</Td>
                  <Td dataLabel={t("clusters.version")}>{version}</Td>
                  <Td dataLabel={t("clusters.cni")}>
                    {cniPlugin.type} {cniPlugin.version}
                  </Td>
                  <Td dataLabel={t("admin.recommended")}>
                    {latestSupported(catalogue, cniPlugin.type, minorNumber(version))?.version}
                  </Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
          {clusters.length > most && <p>{t("createCluster.plan.more", { count: clusters.length - most })}</p>}
        </>
      )}
    </Listing>
  );
}
