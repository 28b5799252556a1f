import { addonObstacle, type CniType } from "@fairlead/network/rules";
import type { ApiAddon, ApiAddonConfig } from "@fairlead/resources";
import {
  ActionList,
  ActionListItem,
  Button,
  Card,
  CardBody,
  CardFooter,
  CardTitle,
  Gallery,
  Label,
} from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import type { ClusterTabProps } from "../cluster/cluster-tabs.ts";
import { DeleteDialog } from "../components/delete-dialog.tsx";
import { Listing } from "../components/listing.tsx";
import { AddonDialog } from "./addon-dialog.tsx";
import { addonState, stateLooks, useAddons } from "./addon-queries.ts";

type Open = { what: "change" | "remove"; config: ApiAddonConfig; addon: ApiAddon | undefined };

/** The add-ons that users may install, each with its state in this cluster. */
export function AddonsTab({ project, cluster }: ClusterTabProps) {
  const { t } = useTranslation();
  const { id } = cluster;
  const query = useAddons(project, id);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  return (
    <>
      <Listing
        title={t("addons.title")}
        level={2}
        query={query}
        empty={{ title: t("addons.empty"), text: t("addons.emptyText") }}
      >
        {(addons) => (
          <Gallery className="fl-cards" hasGutter minWidths={{ default: "18rem" }}>
            {addons.map(({ config, addon }) => (
              <AddonCard key={config.id} {...{ cluster, config, addon, setOpen }} />
            ))}
          </Gallery>
        )}
      </Listing>
      {open?.what === "change" && <AddonDialog {...{ project, cluster: id, close }} {...open} />}
      {open?.what === "remove" && (
        <DeleteDialog
          title={t("addons.removeTitle", { name: open.config.name })}
          text={t("addons.removeText")}
          submit={t("addons.remove")}
          remove={() => api.deleteAddon({ project, cluster: id, name: open.config.id })}
          onRemoved={query.refetch}
          close={close}
        />
      )}
    </>
  );
}

interface AddonCardProps extends Pick<ClusterTabProps, "cluster"> {
  config: ApiAddonConfig;
  /** Absent where it is not installed. */
  addon: ApiAddon | undefined;
  setOpen: (open: Open) => void;
}

function AddonCard({ cluster, config, addon, setOpen }: AddonCardProps) {
  const { t } = useTranslation();
  const { type = "none", version = "" } = cluster.spec.cniPlugin ?? {};
  const obstacle = addonObstacle(config.id, { type: type as CniType, version });
  const state = addonState(addon);
  return (
    <Card component="section" aria-labelledby={`addon-${config.id}`} isCompact>
      <CardTitle component="h3" id={`addon-${config.id}`}>
        {config.name}{" "}
        <Label status={stateLooks[state]} isCompact>
          {t(`addons.states.${state}`)}
        </Label>
      </CardTitle>
      <CardBody>
        <p>{config.spec.description ?? config.spec.shortDescription}</p>
        {addon?.status.message && state !== "Healthy" && <p className="fl-words">{addon.status.message}</p>}
        {!addon && obstacle && <p className="fl-words">{t("addons.notHere", { obstacle })}</p>}
      </CardBody>
      <CardFooter>
        <ActionList>
          {!addon && (
            <ActionListItem>
              <Button
                variant="secondary"
                isDisabled={obstacle !== undefined}
                aria-label={t("addons.installNamed", { name: config.name })}
                onClick={() => setOpen({ what: "change", config, addon })}
              >
                {t("addons.install")}
              </Button>
            </ActionListItem>
          )}
          {addon && (
            <>
              <ActionListItem>
                <Button
                  variant="secondary"
                  aria-label={t("addons.changeNamed", { name: config.name })}
                  onClick={() => setOpen({ what: "change", config, addon })}
                >
                  {t("addons.change")}
                </Button>
              </ActionListItem>
              <ActionListItem>
                <Button
                  variant="link"
                  isDanger
                  aria-label={t("addons.removeNamed", { name: config.name })}
                  onClick={() => setOpen({ what: "remove", config, addon })}
                >
                  {t("addons.remove")}
                </Button>
              </ActionListItem>
            </>
          )}
        </ActionList>
      </CardFooter>
    </Card>
  );
}
