import {
  type ClusterNetwork,
  capacityIfValid,
  type RangeClash,
  rangeClashes,
  rangesOf,
  reservedRanges,
} from "@fairlead/network/rules";
import {
  Alert,
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  List,
  ListItem,
} from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { NeighbourCluster } from "./neighbours.ts";

interface AddressPlanProps {
  network: ClusterNetwork;
  /** The other clusters of the project. */
  neighbours: readonly NeighbourCluster[];
}

/** How far the ranges reach, and what they share with others. */
export function AddressPlan({ network, neighbours }: AddressPlanProps) {
  const { t, i18n } = useTranslation();
  const capacity = capacityIfValid(network);
  const count = new Intl.NumberFormat(i18n.language, { notation: "compact", maximumFractionDigits: 1 });
  const exact = new Intl.NumberFormat(i18n.language);
  const shown = (value: number) => (value < 100_000 ? exact : count).format(value);
  const others = neighbours.flatMap(({ name, network: ranges }) => rangesOf(name, ranges));
  return (
    <Card component="section" className="fl-address-plan" aria-label={t("createCluster.plan.title")} isCompact>
      <CardTitle component="h2">{t("createCluster.plan.title")}</CardTitle>
      <CardBody>
        {capacity ? (
          <DescriptionList isCompact isHorizontal>
            {(["nodes", "podAddressesPerNode", "services"] as const).map((what) => (
              <DescriptionListGroup key={what}>
                <DescriptionListTerm>{t(`createCluster.plan.${what}`)}</DescriptionListTerm>
                <DescriptionListDescription className="fl-numbers">{shown(capacity[what])}</DescriptionListDescription>
              </DescriptionListGroup>
            ))}
          </DescriptionList>
        ) : (
          <p>{t("createCluster.plan.invalid")}</p>
        )}
        <Clashes
          variant="danger"
          title={t("createCluster.plan.reserved")}
          clashes={rangeClashes(network, reservedRanges)}
        />
        <Clashes variant="warning" title={t("createCluster.plan.shared")} clashes={rangeClashes(network, others)} />
        {capacity && rangeClashes(network, others).length === 0 && <p>{t("createCluster.plan.free")}</p>}
      </CardBody>
    </Card>
  );
}

function Clashes({
  clashes,
  ...alert
}: {
  variant: "danger" | "warning";
  title: string;
  clashes: readonly RangeClash[];
}) {
  const { t } = useTranslation();
  if (clashes.length === 0) return null;
  const most = 6;
  return (
    <Alert isInline isPlain {...alert}>
      <List isPlain>
        {clashes.slice(0, most).map(({ use, range, other }) => (
          <ListItem key={`${use} ${range} ${other.owner} ${other.range.text}`}>
            {t(`createCluster.plan.clash.${use}`, { range, owner: other.owner, other: other.range.text })}
          </ListItem>
        ))}
        {clashes.length > most && <ListItem>{t("createCluster.plan.more", { count: clashes.length - most })}</ListItem>}
      </List>
    </Alert>
  );
}
