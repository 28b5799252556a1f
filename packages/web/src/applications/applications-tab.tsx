import { Button, Label, Switch, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import type { ClusterTabProps } from "../cluster/cluster-tabs.ts";
import { Age } from "../components/age.tsx";
import { DeleteDialog } from "../components/delete-dialog.tsx";
import { Listing } from "../components/listing.tsx";
import { RowActions } from "../components/row-actions.tsx";
import { WhenReachable } from "../components/when-reachable.tsx";
import { type ListedApplication, useApplications } from "./application-queries.ts";
import { ApplicationStatus } from "./application-status.tsx";
import { isSystemApplication } from "./definitions.ts";
import { EditApplicationDialog } from "./edit-application-dialog.tsx";
import { InstallApplicationDialog } from "./install-application-dialog.tsx";

export function ApplicationsTab({ health, ...props }: ClusterTabProps) {
  return (
    <WhenReachable health={health}>
      <Applications {...props} />
    </WhenReachable>
  );
}

type Open = { what: "install" } | { what: "edit" | "remove"; application: ListedApplication };

/** What is installed in the cluster by helm: the users' applications, and on demand those that Fairlead keeps. */
function Applications({ project, cluster: { id: cluster } }: Pick<ClusterTabProps, "project" | "cluster">) {
  const { t } = useTranslation();
  const [withSystem, setWithSystem] = useState(false);
  const [open, setOpen] = useState<Open>();
  const query = useApplications(project, cluster);
  const shown = query.data?.filter((application) => withSystem || !isSystemApplication(application));
  const same = { project, cluster, close: () => setOpen(undefined) };
  return (
    <>
      <Toolbar inset={{ default: "insetNone" }}>
        <ToolbarContent>
          <ToolbarItem>
            <Switch
              id="system-applications"
              label={t("applications.showSystem")}
              isChecked={withSystem}
              onChange={(_event, on) => setWithSystem(on)}
            />
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      <Listing
        title={t("applications.title")}
        level={2}
        query={{ ...query, data: shown }}
        action={<Button onClick={() => setOpen({ what: "install" })}>{t("applications.install")}</Button>}
        empty={{ title: t("applications.empty"), text: t("applications.emptyText") }}
      >
        {(applications) => (
          <Table aria-label={t("applications.title")}>
            <Thead>
              <Tr>
                <Th modifier="nowrap">{t("common.name")}</Th>
                <Th modifier="nowrap">{t("common.status")}</Th>
                <Th modifier="nowrap">{t("createCluster.application")}</Th>
                <Th modifier="nowrap">{t("createCluster.namespace")}</Th>
                <Th modifier="nowrap">{t("common.age")}</Th>
                <Th screenReaderText={t("common.actions")} />
              </Tr>
            </Thead>
            <Tbody>
              {applications.map((application) => (
                <Row key={`${application.namespace}/${application.name}`} {...{ application, setOpen }} />
              ))}
            </Tbody>
          </Table>
        )}
      </Listing>
      {open?.what === "install" && <InstallApplicationDialog {...same} />}
      {open?.what === "edit" && <EditApplicationDialog {...same} application={open.application} />}
      {open?.what === "remove" && (
        <DeleteDialog
          title={t("applications.removeTitle", { name: open.application.name })}
          text={t("applications.removeText")}
          submit={t("applications.remove")}
          remove={() => api.deleteApplication(project, cluster, open.application)}
          onRemoved={query.refetch}
          close={same.close}
        />
      )}
    </>
  );
}

function Row({ application, setOpen }: { application: ListedApplication; setOpen: (open: Open) => void }) {
  const { t } = useTranslation();
  const { name, creationTimestamp, status } = application;
  const { applicationRef, namespace } = application.spec;
  const isSystem = isSystemApplication(application);
  return (
    <Tr>
      <Td dataLabel={t("common.name")}>
        {name}{" "}
        {isSystem && (
          <Label color="purple" isCompact>
            {t("applications.system")}
          </Label>
        )}
      </Td>
      <Td dataLabel={t("common.status")}>
        <ApplicationStatus status={status} />
      </Td>
      <Td dataLabel={t("createCluster.application")}>
        {applicationRef.name} {applicationRef.version}
      </Td>
      <Td dataLabel={t("createCluster.namespace")}>{namespace.name}</Td>
      <Td dataLabel={t("common.age")}>
        <Age since={creationTimestamp} />
      </Td>
      <Td isActionCell>
        <RowActions
          label={t("applications.actionsOf", { name })}
          items={[
            { title: t("applications.edit"), onClick: () => setOpen({ what: "edit", application }) },
            ...(isSystem
              ? []
              : [
                  {
                    title: t("applications.remove"),
                    isDanger: true,
                    onClick: () => setOpen({ what: "remove", application }),
                  },
                ]),
          ]}
        />
      </Td>
    </Tr>
  );
}
