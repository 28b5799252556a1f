import type { RuleContext } from "@fairlead/network/rules";
import type { ApiCluster } from "@fairlead/resources";
import { Checkbox, Radio } from "@patternfly/react-core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "../create-cluster/field.tsx";
import { problemsOf } from "../create-cluster/judge.ts";
import { TextChoice } from "../create-cluster/text-choice.tsx";
import { type EditChoices, judgeEdit, proxyModeObstacles } from "./edit-choices.ts";
import { LabelsField } from "./labels-field.tsx";

interface EditFieldsProps {
  cluster: ApiCluster;
  choices: EditChoices;
  choose: (choices: Partial<EditChoices>) => void;
  rules: RuleContext;
}

type TextField = {
  [field in keyof EditChoices]: EditChoices[field] extends string ? field : never;
}[keyof EditChoices];

/** The fields that may change, each with what the rules say of its new value. */
export function EditFields({ cluster, choices, choose, rules }: EditFieldsProps) {
  const { t } = useTranslation();
  const verdict = useMemo(() => judgeEdit(cluster, choices, rules), [cluster, choices, rules]);
  const about = (...paths: string[]) => ({
    problems: problemsOf(verdict.errors, ...paths),
    warnings: problemsOf(verdict.warnings, ...paths),
  });
  const { cniPlugin, clusterNetwork: network = {}, exposeStrategy } = cluster.spec;
  const text = (field: TextField, path: string, help?: string) => (
    <TextChoice
      id={`edit-${field}`}
      label={t(`clusterPage.edit.fields.${field}`)}
      chosen={choices[field]}
      choose={(typed = "") => choose({ [field]: typed })}
      {...(help ? { help } : {})}
      {...about(path)}
    />
  );
  return (
    <>
      {text("name", "spec.humanReadableName")}
      <Field
        id="edit-konnectivity"
        label={t("createCluster.konnectivity")}
        role="group"
        help={t("createCluster.konnectivityHelp")}
        {...about("spec.clusterNetwork.konnectivityEnabled", "spec.networkConfig.konnectivityEnabled")}
      >
        <Checkbox
          id="edit-konnectivity"
          label={t("createCluster.konnectivityOn")}
          isChecked={choices.konnectivity}
          onChange={(_event, konnectivity) => choose({ konnectivity })}
        />
      </Field>
      <ProxyMode
        obstacles={proxyModeObstacles(cluster, choices, rules)}
        chosen={choices.proxyMode}
        choose={(proxyMode) => choose({ proxyMode })}
        {...about("spec.clusterNetwork.proxyMode", "spec.networkConfig.proxyMode")}
      />
      {choices.proxyMode === "ipvs" && (
        <Field
          id="edit-strict-arp"
          label={t("createCluster.strictArp")}
          role="group"
          {...about("spec.clusterNetwork.ipvs")}
        >
          <Checkbox
            id="edit-strict-arp"
            label={t("clusterPage.edit.strictArpOn")}
            isChecked={choices.strictArp}
            onChange={(_event, strictArp) => choose({ strictArp })}
          />
        </Field>
      )}
      {cniPlugin?.type !== "cilium" && text("nodeMaskIPv4", "spec.clusterNetwork.nodeCidrMaskSizeIPv4")}
      {cniPlugin?.type !== "cilium" &&
        network.ipFamily === "IPv4+IPv6" &&
        text("nodeMaskIPv6", "spec.clusterNetwork.nodeCidrMaskSizeIPv6")}
      {text("coreDnsReplicas", "spec.clusterNetwork.coreDNSReplicas", t("clusterPage.edit.coreDnsHelp"))}
      {exposeStrategy === "LoadBalancer" &&
        text("apiServerRanges", "spec.apiServerAllowedIPRanges", t("createCluster.listHelp"))}
      <LabelsField labels={choices.labels} change={(labels) => choose({ labels })} />
    </>
  );
}

interface ProxyModeProps extends Omit<Parameters<typeof Field>[0], "id" | "label" | "children"> {
  obstacles: ReadonlyMap<string, string | undefined>;
  chosen: string;
  choose: (mode: string) => void;
}

/** Only what is legal can be chosen; why the others are not stands below. */
function ProxyMode({ obstacles, chosen, choose, ...about }: ProxyModeProps) {
  const { t } = useTranslation();
  const legal = [...obstacles].filter(([, obstacle]) => obstacle === undefined);
  const [obstacle] = [...obstacles.values()].filter((reason) => reason !== undefined);
  return (
    <Field
      id="edit-proxy-mode"
      label={t("createCluster.proxyMode")}
      role="radiogroup"
      {...(obstacle ? { help: t("clusterPage.edit.othersClosed", { reason: obstacle }) } : {})}
      {...about}
    >
      {legal.map(([mode]) => (
        <Radio
          key={mode}
          id={`edit-proxy-mode-${mode}`}
          name="edit-proxy-mode"
          label={mode}
          isChecked={chosen === mode}
          onChange={() => choose(mode)}
        />
      ))}
    </Field>
  );
}
