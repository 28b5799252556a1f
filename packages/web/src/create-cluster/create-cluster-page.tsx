import { ApiError } from "@fairlead/api-client";
import {
  type ClusterNetwork,
  capacityIfValid,
  minorNumber,
  offeredVersions,
  rangeClashes,
  rangesOf,
} from "@fairlead/network/rules";
import {
  Alert,
  Button,
  Card,
  CardBody,
  CardTitle,
  Checkbox,
  CodeBlock,
  CodeBlockCode,
  Form,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  Grid,
  GridItem,
  HelperText,
  HelperTextItem,
  PageSection,
  Radio,
  TextInput,
  Title,
} from "@patternfly/react-core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { stringify } from "yaml";
import { api } from "../app/api.ts";
import { useLiveClusters } from "../clusters/live-clusters.ts";
import { Failure } from "../components/failure.tsx";
import { type Draft, emptyDraft, type Judgement, judge, rulesOf } from "./draft.ts";

const proxyModes = ["ipvs", "iptables", "ebpf", "nftables"];
const cnis = ["canal", "cilium", "none"] as const;
const path = "spec.clusterNetwork";

export function CreateClusterPage() {
  const { t } = useTranslation();
  const { project } = useParams({ from: "/projects/$project/create-cluster" });
  const navigate = useNavigate();
  const storage = `fairlead-new-cluster-${project}`;
  const [draft, setDraft] = useState<Draft>(() => ({
    ...emptyDraft,
    ...JSON.parse(sessionStorage.getItem(storage) ?? "{}"),
  }));
  useEffect(() => sessionStorage.setItem(storage, JSON.stringify(draft)), [draft, storage]);
  const { data: datacenters = [], error: noDatacenters } = useQuery({
    queryKey: ["dc"],
    queryFn: () => api.datacenters(),
  });
  const datacenter = datacenters.find(({ metadata }) => metadata.name === draft.datacenter) ?? datacenters[0];
  const dc = datacenter?.metadata.name ?? "";
  const provider = datacenter?.spec.provider ?? "";
  const { data: context } = useQuery({
    queryKey: ["rules", provider, dc],
    queryFn: async () => rulesOf(await api.ruleContext(provider, dc)),
    enabled: dc !== "",
  });
  const judged = useMemo(() => context && judge({ ...draft, datacenter: dc }, context), [context, dc, draft]);
  const creation = useMutation({
    mutationFn: (judgement: Judgement) => api.createCluster(project, judgement.request),
    onSuccess: ({ id }) => {
      sessionStorage.removeItem(storage);
      return navigate({ to: "/projects/$project/clusters/$cluster", params: { project, cluster: id } });
    },
  });
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  if (noDatacenters) return <Failure error={noDatacenters} />;
  if (!context || !judged) return null;

  const refused = creation.error instanceof ApiError ? creation.error.fieldErrors : [];
  const help = (id: string, field: string) => {
    const wrong = [...judged.errors, ...refused].filter((error) => error.field.startsWith(field));
    const origin = judged.origins.get(field);
    const found = wrong.length > 0 ? [...new Set(wrong.map(({ message }) => message))].join("; ") : undefined;
    const reason = origin && origin.source !== "request" && `${String(origin.value)}: ${origin.reason}`;
    return (
      <FormHelperText>
        <HelperText id={`${id}-help`}>
          {found ? (
            <HelperTextItem variant="error">{found}</HelperTextItem>
          ) : (
            reason && <HelperTextItem>{reason}</HelperTextItem>
          )}
        </HelperText>
      </FormHelperText>
    );
  };
  const text = (id: "name" | "pods" | "services", field: string) => (
    <FormGroup label={t(`create.${id}`)} fieldId={id} isRequired={id === "name"}>
      <TextInput
        id={id}
        value={draft[id]}
        aria-describedby={`${id}-help`}
        onChange={(_event, value) => change({ [id]: value })}
      />
      {help(id, field)}
    </FormGroup>
  );
  const select = (
    id: "version" | "cniVersion" | "proxyMode" | "datacenter",
    options: readonly string[],
    more?: ReactNode,
  ) => (
    <FormGroup label={t(`create.${id}`)} fieldId={id}>
      <FormSelect
        id={id}
        value={id === "datacenter" ? dc : draft[id]}
        onChange={(_event, value) => change({ [id]: value })}
      >
        {id !== "datacenter" && <FormSelectOption value="" label={t("create.default")} />}
        {options.map((option) => (
          <FormSelectOption key={option} value={option} label={option} />
        ))}
      </FormSelect>
      {more}
    </FormGroup>
  );
  const kubernetes = minorNumber(judged.spec?.version ?? "");
  return (
    <PageSection>
      <Title headingLevel="h1">{t("clusters.create")}</Title>
      <Grid hasGutter lg={6}>
        <GridItem>
          <Form
            onSubmit={(event) => {
              event.preventDefault();
              creation.mutate(judged);
            }}
          >
            {text("name", "spec.humanReadableName")}
            {select(
              "datacenter",
              datacenters.map(({ metadata }) => metadata.name),
            )}
            {select("version", context.kubernetesVersions)}
            <FormGroup role="radiogroup" label={t("clusters.cni")} isStack>
              {cnis.map((cni) => (
                <Radio
                  key={cni}
                  id={`cni-${cni}`}
                  name="cni"
                  label={t(`create.${cni}`)}
                  description={t(`create.${cni}Text`)}
                  isChecked={draft.cni === cni}
                  onChange={() => change({ cni, cniVersion: "", proxyMode: "" })}
                />
              ))}
            </FormGroup>
            {draft.cni !== "none" &&
              select(
                "cniVersion",
                offeredVersions(context.catalogue, draft.cni, kubernetes).map(({ version }) => version),
                help("cniVersion", "spec.cniPlugin.version"),
              )}
            <Checkbox
              id="dualStack"
              label={t("create.dualStack")}
              isChecked={draft.dualStack}
              onChange={(_event, dualStack) => change({ dualStack })}
            />
            {select("proxyMode", proxyModes, help("proxyMode", `${path}.proxyMode`))}
            {text("pods", `${path}.pods.cidrBlocks`)}
            {text("services", `${path}.services.cidrBlocks`)}
            <Checkbox
              id="konnectivity"
              label={t("create.konnectivity")}
              isChecked={draft.konnectivity}
              onChange={(_event, konnectivity) => change({ konnectivity })}
            />
            <Checkbox
              id="nodeLocalDns"
              label={t("create.nodeLocalDns")}
              isChecked={draft.nodeLocalDns}
              onChange={(_event, nodeLocalDns) => change({ nodeLocalDns })}
            />
            <FormGroup label={t("create.nodes")} fieldId="nodes">
              <TextInput
                id="nodes"
                type="number"
                min={0}
                value={draft.nodes}
                onChange={(_event, value) => change({ nodes: Math.max(0, Number(value) || 0) })}
              />
            </FormGroup>
            {judged.warnings.map(({ code, message }) => (
              <Alert key={code + message} variant="warning" isInline isPlain title={message} />
            ))}
            {creation.error && <Failure error={creation.error} />}
            <Button
              type="submit"
              isLoading={creation.isPending}
              isDisabled={judged.errors.length > 0 || creation.isPending}
            >
              {t("clusters.create")}
            </Button>
          </Form>
        </GridItem>
        <GridItem>
          <AddressPlan project={project} judged={judged} />
          <Card>
            <CardTitle component="h2">{t("create.review")}</CardTitle>
            <CardBody>
              <CodeBlock>
                <CodeBlockCode>{stringify({ spec: judged.spec })}</CodeBlockCode>
              </CodeBlock>
            </CardBody>
          </Card>
        </GridItem>
      </Grid>
    </PageSection>
  );
}

function AddressPlan({ project, judged }: { project: string; judged: Judgement }) {
  const { t } = useTranslation();
  const { data = [] } = useLiveClusters(project);
  const network = judged.spec?.clusterNetwork as ClusterNetwork;
  const capacity = judged.errors.length === 0 ? capacityIfValid(network) : undefined;
  const others = data.flatMap(({ cluster }) => rangesOf(cluster.name, cluster.spec.clusterNetwork ?? {}));
  const clashes = new Set(
    rangeClashes(network, others).map(({ range, other }) => `${range}: ${other.owner} (${other.range.text})`),
  );
  return (
    <Card>
      <CardTitle component="h2">{t("create.plan")}</CardTitle>
      <CardBody>
        <p id="capacity">{capacity ? t("create.capacity", { ...capacity }) : t("create.noCapacity")}</p>
        {clashes.size > 0 && <p>{t("create.clashes", { list: [...clashes].join(", ") })}</p>}
      </CardBody>
    </Card>
  );
}
