import { type ExposeStrategy, providers } from "@fairlead/network/rules";
import { Checkbox, FormSelect, FormSelectOption, Radio } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { CniValuesChoice } from "./cni-values-choice.tsx";
import { Field, helpId } from "./field.tsx";
import { proxyModeOptions } from "./judge.ts";
import { RangesFields } from "./ranges-fields.tsx";
import { TextChoice } from "./text-choice.tsx";
import { useJudged } from "./wizard-state.ts";

const strategies: readonly ExposeStrategy[] = ["NodePort", "LoadBalancer", "Tunneling"];

/** Everything about the network that most clusters leave to the rules. */
export function AdvancedNetwork() {
  return (
    <>
      <ProxyMode />
      <RangesFields />
      <NodePortRanges />
      <Switches />
      <Exposure />
      <CniValuesChoice />
    </>
  );
}

function ProxyMode() {
  const { t } = useTranslation();
  const { about, choices, choose, judgement, rules } = useJudged();
  return (
    <Field
      id="proxy-mode"
      label={t("createCluster.proxyMode")}
      role="radiogroup"
      {...about("spec.clusterNetwork.proxyMode", "spec.networkConfig.proxyMode")}
      reset={choices.proxyMode === undefined ? undefined : () => choose({ proxyMode: undefined })}
    >
      {proxyModeOptions(choices, rules).map(({ mode, obstacle }) => (
        <Radio
          key={mode}
          id={`proxy-mode-${mode}`}
          name="proxy-mode"
          label={mode}
          description={obstacle ?? t(`createCluster.proxyModes.${mode}`)}
          isDisabled={obstacle !== undefined}
          isChecked={judgement.spec.clusterNetwork.proxyMode === mode}
          onChange={() => choose({ proxyMode: mode })}
        />
      ))}
    </Field>
  );
}

function NodePortRanges() {
  const { t } = useTranslation();
  const { about, choices, choose, judgement } = useJudged();
  const { provider } = choices;
  if (!providers.get(provider)?.nodePortRanges) return null;
  const path = `spec.cloud.${provider}.nodePortsAllowedIPRanges`;
  const settings = judgement.spec.cloud[provider] as
    | { nodePortsAllowedIPRanges?: { cidrBlocks?: string[] } }
    | undefined;
  return (
    <TextChoice
      id="nodePortRanges"
      label={t("createCluster.nodePortRanges")}
      chosen={choices.nodePortRanges}
      fallback={settings?.nodePortsAllowedIPRanges?.cidrBlocks?.join(", ")}
      choose={(text) => choose({ nodePortRanges: text })}
      help={t("createCluster.listHelp")}
      {...about(path)}
    />
  );
}

function Switches() {
  const { t } = useTranslation();
  const { about, choices, choose, judgement } = useJudged();
  const { nodeLocalDNSCacheEnabled, proxyMode } = judgement.spec.clusterNetwork;
  return (
    <>
      <Field
        id="node-local-dns"
        label={t("createCluster.nodeLocalDns")}
        role="group"
        {...about("spec.clusterNetwork.nodeLocalDNSCacheEnabled")}
      >
        <Checkbox
          id="node-local-dns"
          label={t("createCluster.nodeLocalDnsOn")}
          isChecked={nodeLocalDNSCacheEnabled}
          onChange={(_event, on) => choose({ nodeLocalDns: on })}
        />
      </Field>
      <Field
        id="konnectivity"
        label={t("createCluster.konnectivity")}
        role="group"
        {...about("spec.clusterNetwork.konnectivityEnabled")}
        help={t(proxyMode === "ebpf" ? "createCluster.konnectivityEbpf" : "createCluster.konnectivityHelp")}
      >
        <Checkbox
          id="konnectivity"
          label={t("createCluster.konnectivityOn")}
          isChecked={choices.konnectivity}
          onChange={(_event, on) => choose({ konnectivity: on })}
        />
      </Field>
    </>
  );
}

function Exposure() {
  const { t } = useTranslation();
  const { about, choices, choose, judgement } = useJudged();
  const { exposeStrategy } = judgement.spec;
  const withRanges = exposeStrategy === "LoadBalancer" || choices.apiServerRanges !== undefined;
  return (
    <>
      <Field
        id="expose-strategy"
        label={t("createCluster.exposeStrategy")}
        {...about("spec.exposeStrategy")}
        reset={choices.exposeStrategy === undefined ? undefined : () => choose({ exposeStrategy: undefined })}
      >
        <FormSelect
          id="expose-strategy"
          value={exposeStrategy}
          onChange={(_event, chosen) => choose({ exposeStrategy: chosen as ExposeStrategy })}
          aria-describedby={helpId("expose-strategy")}
        >
          {strategies.map((strategy) => (
            <FormSelectOption key={strategy} value={strategy} label={t(`createCluster.strategies.${strategy}`)} />
          ))}
        </FormSelect>
      </Field>
      {withRanges && (
        <TextChoice
          id="apiServerRanges"
          label={t("createCluster.apiServerRanges")}
          chosen={choices.apiServerRanges}
          choose={(text) => choose({ apiServerRanges: text || undefined })}
          help={t("createCluster.listHelp")}
          {...about("spec.apiServerAllowedIPRanges")}
        />
      )}
    </>
  );
}
