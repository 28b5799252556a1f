import { type AddressFamily, defaultClusterSpec } from "@fairlead/network/rules";
import { Button, Grid, GridItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { ClusterChoices } from "./choices.ts";
import { freeRange, useNeighbours } from "./neighbours.ts";
import { requestedSpec } from "./requested-spec.ts";
import { TextChoice } from "./text-choice.tsx";
import { useJudged } from "./wizard-state.ts";

const uses = ["pods", "services"] as const;
type Use = (typeof uses)[number];

/** Pods, services and node masks, for each address family of the cluster. */
export function RangesFields() {
  const { judgement } = useJudged();
  const dual = judgement.spec.clusterNetwork.ipFamily === "IPv4+IPv6";
  const families: AddressFamily[] = dual ? ["IPv4", "IPv6"] : ["IPv4"];
  return (
    <Grid hasGutter>
      {uses.flatMap((use) =>
        families.map((family, index) => (
          <GridItem key={use + family} md={dual ? 6 : 12}>
            <RangeField use={use} family={family} index={index} />
          </GridItem>
        )),
      )}
      {families.map((family) => (
        <GridItem key={family} md={dual ? 6 : 12}>
          <NodeMaskField family={family} />
        </GridItem>
      ))}
    </Grid>
  );
}

function RangeField({ use, family, index }: { use: Use; family: AddressFamily; index: number }) {
  const { t } = useTranslation();
  const { about, choices, choose, judgement, project, rules } = useJudged();
  const neighbours = useNeighbours(project);
  const key = `${use}${family}` as const satisfies keyof ClusterChoices;
  const path = `spec.clusterNetwork.${use}.cidrBlocks`;
  const { problems, warnings, origin } = about(path);
  const mine = problems.filter(({ field }) => !/\[\d+\]$/.test(field) || field === `${path}[${index}]`);
  const usual = usualRange({ ...choices, [key]: undefined }, { use, index, rules });
  const { pods, services } = judgement.spec.clusterNetwork;
  const find = () => {
    const own = use === "pods" ? { services } : { pods };
    const current = choices[key] ?? usual;
    const found = freeRange({
      current,
      family,
      usual,
      avoid: [own, ...neighbours.map(({ network }) => network)],
    });
    if (found) choose({ [key]: found });
  };
  return (
    <TextChoice
      id={key}
      label={t(`createCluster.${key}`)}
      chosen={choices[key]}
      fallback={usual}
      choose={(text) => choose({ [key]: text })}
      problems={mine}
      warnings={warnings}
      origin={choices[key] === undefined ? origin : undefined}
      action={
        <Button
          variant="secondary"
          onClick={find}
          aria-label={t("createCluster.findFor", { label: t(`createCluster.${key}`) })}
        >
          {t("createCluster.findFree")}
        </Button>
      }
    />
  );
}

/** What the range would be if nobody chose it. */
function usualRange(
  choices: ClusterChoices,
  { use, index, rules }: { use: Use; index: number; rules: ReturnType<typeof useJudged>["rules"] },
): string {
  const without = requestedSpec({ ...choices, [`${use}IPv4`]: undefined, [`${use}IPv6`]: undefined }, rules);
  const { clusterNetwork } = defaultClusterSpec(without, rules).spec;
  return (clusterNetwork[use] as { cidrBlocks?: string[] } | undefined)?.cidrBlocks?.[index] ?? "";
}

function NodeMaskField({ family }: { family: AddressFamily }) {
  const { t } = useTranslation();
  const { about, choices, choose, judgement } = useJudged();
  const key = `nodeMask${family}` as const satisfies keyof ClusterChoices;
  return (
    <TextChoice
      id={key}
      label={t(`createCluster.${key}`)}
      chosen={choices[key]}
      fallback={String(judgement.spec.clusterNetwork[`nodeCidrMaskSize${family}`] ?? "")}
      choose={(text) => choose({ [key]: text })}
      {...about(`spec.clusterNetwork.nodeCidrMaskSize${family}`)}
    />
  );
}
