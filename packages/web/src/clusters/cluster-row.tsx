import type { Catalogue } from "@fairlead/network/rules";
import { ArrowCircleUpIcon, ExclamationTriangleIcon } from "@patternfly/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { type MouseEvent, memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Age } from "../components/age.tsx";
import { PlainLabel } from "../components/plain-label.tsx";
import { cniState } from "./cni-state.ts";
import type { ListedCluster } from "./listed-clusters.ts";
import { StateLabel } from "./state-label.tsx";

interface ClusterRowProps {
  index: number;
  measure: (row: Element | null) => void;
  project: string;
  listed: ListedCluster;
  catalogue: Catalogue | undefined;
}

/** One of thousands: of plain elements in PatternFly's look, since its components cost most of the time that scrolling takes. */
export const ClusterRow = memo(({ index, measure, project, listed, catalogue }: ClusterRowProps) => {
  const { t } = useTranslation();
  const { cluster } = listed;
  const { spec } = cluster;
  return (
    <tr className="pf-v6-c-table__tr" data-index={index} ref={measure} aria-rowindex={index + 2}>
      <Cell label={t("common.name")}>
        <ClusterLink project={project} id={cluster.id} name={cluster.name} />
      </Cell>
      <Cell label={t("common.status")}>
        <StateLabel {...listed} />
      </Cell>
      <Cell label={t("clusters.version")}>{spec.version}</Cell>
      <Cell label={t("clusters.cni")}>
        <Cni cluster={listed} catalogue={catalogue} />
      </Cell>
      <Cell label={t("clusters.proxyMode")}>{spec.clusterNetwork?.proxyMode}</Cell>
      <Cell label={t("clusters.datacenter")}>{spec.cloud?.dc}</Cell>
      <Cell label={t("common.age")}>
        <Age since={cluster.creationTimestamp} />
      </Cell>
    </tr>
  );
});

/** @param label what stands in front of it on narrow screens */
function Cell({ label, children }: { label: string; children: ReactNode }) {
  return (
    <td className="pf-v6-c-table__td pf-m-break-word" data-label={label}>
      {children}
    </td>
  );
}

/** The router's own follows every change of the address. */
function ClusterLink({ project, id, name }: { project: string; id: string; name: string }) {
  const navigate = useNavigate();
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void navigate({ to: "/projects/$project/clusters/$cluster", params: { project, cluster: id } });
  };
  return (
    <a href={`/projects/${encodeURIComponent(project)}/clusters/${encodeURIComponent(id)}`} onClick={follow}>
      {name}
    </a>
  );
}

function Cni({ cluster: { cluster }, catalogue }: { cluster: ListedCluster; catalogue: Catalogue | undefined }) {
  const { t } = useTranslation();
  const { type = "none", version = "" } = cluster.spec.cniPlugin ?? {};
  if (type === "none") return t("clusters.noCni");
  const { update, deprecated } = cniState(cluster.spec, catalogue);
  return (
    <>
      {type} {version}{" "}
      {deprecated && (
        <PlainLabel status="warning" isOutline icon={<ExclamationTriangleIcon />}>
          {t("clusters.deprecated")}
        </PlainLabel>
      )}
      {update && (
        <PlainLabel title={update} color="blue" isOutline icon={<ArrowCircleUpIcon />}>
          {t("clusters.updateAvailable")}
        </PlainLabel>
      )}
    </>
  );
}
