import { ExpandableSection, Form, FormSelect, FormSelectOption, Grid, GridItem, Radio } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AddressPlan } from "./address-plan.tsx";
import { AdvancedNetwork } from "./advanced-network.tsx";
import { CniChoice } from "./cni-choice.tsx";
import { Field, helpId } from "./field.tsx";
import { useNeighbours } from "./neighbours.ts";
import { SideEffects } from "./side-effects.tsx";
import { TextChoice } from "./text-choice.tsx";
import { useJudged } from "./wizard-state.ts";

/** Name, version and network. */
export function ClusterStep() {
  const { t } = useTranslation();
  const { choices, effects, judgement, project, refused, showAll } = useJudged();
  const neighbours = useNeighbours(project);
  const wrong = [...judgement.errors, ...refused].some(({ field }) => /exposeStrategy|IPRange|Network\./.test(field));
  const [open, setOpen] = useState(false);
  const isExpanded = open || (wrong && (showAll || refused.length > 0));
  return (
    <Grid hasGutter>
      <GridItem lg={8}>
        <Form onSubmit={(event) => event.preventDefault()}>
          <NameAndVersion />
          <CniChoice />
          <SideEffects effects={effects} />
          <IpFamilyChoice key={choices.datacenter} />
          <ExpandableSection
            toggleText={t("createCluster.advanced")}
            isExpanded={isExpanded}
            onToggle={(_event, expanded) => setOpen(expanded)}
            isIndented
          >
            <div className="pf-v6-c-form">{isExpanded && <AdvancedNetwork />}</div>
          </ExpandableSection>
        </Form>
      </GridItem>
      <GridItem lg={4}>
        <AddressPlan network={judgement.spec.clusterNetwork} neighbours={neighbours} />
      </GridItem>
    </Grid>
  );
}

function NameAndVersion() {
  const { t } = useTranslation();
  const { about, choices, choose, judgement, rules, showAll } = useJudged();
  const [touched, setTouched] = useState(choices.name !== "");
  const name = about("spec.humanReadableName");
  return (
    <>
      <TextChoice
        id="name"
        label={t("createCluster.name")}
        isRequired
        chosen={choices.name}
        choose={(text) => {
          setTouched(true);
          choose({ name: text ?? "" });
        }}
        problems={touched || showAll ? name.problems : []}
        help={t("createCluster.nameHelp")}
      />
      <Field id="kubernetes-version" label={t("createCluster.version")} {...about("spec.version")}>
        <FormSelect
          id="kubernetes-version"
          value={judgement.spec.version}
          onChange={(_event, version) => choose({ kubernetesVersion: version })}
          aria-describedby={helpId("kubernetes-version")}
        >
          {rules.kubernetesVersions.toReversed().map((version) => (
            <FormSelectOption key={version} value={version} label={version} />
          ))}
        </FormSelect>
      </Field>
    </>
  );
}

function IpFamilyChoice() {
  const { t } = useTranslation();
  const { about, choose, judgement, rules } = useJudged();
  const current = judgement.spec.clusterNetwork.ipFamily;
  const withoutIPv6 = rules.datacenter?.ipv6Enabled === false;
  return (
    <Field
      id="ip-family"
      label={t("createCluster.ipFamily")}
      role="radiogroup"
      {...about("spec.clusterNetwork.ipFamily", "spec.cniPlugin")}
    >
      {(["IPv4", "IPv4+IPv6"] as const).map((family) => (
        <Radio
          key={family}
          id={`ip-family-${family === "IPv4" ? "single" : "dual"}`}
          name="ip-family"
          label={t(family === "IPv4" ? "createCluster.singleStack" : "createCluster.dualStack")}
          description={family !== "IPv4" && withoutIPv6 ? t("createCluster.noIPv6Here") : undefined}
          isChecked={current === family}
          onChange={() => choose({ ipFamily: family })}
        />
      ))}
    </Field>
  );
}
