import {
  Alert,
  Button,
  CodeBlock,
  CodeBlockCode,
  PageSection,
  Spinner,
  Stack,
  StackItem,
  Title,
} from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { proposedValues } from "../applications/definitions.ts";
import { Facts } from "../cluster/facts.tsx";
import { Failure } from "../components/failure.tsx";
import { ChartSourceDialog } from "./chart-source-dialog.tsx";
import { DefaultValuesDialog } from "./default-values-dialog.tsx";
import { chartSourceKey, ciliumKey } from "./keys.ts";

/** Where the CNIs come from that are applications, and what they begin with. */
export function SystemApplicationsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageSection>
        <Title headingLevel="h1">{t("admin.systemApplications")}</Title>
        {t("admin.systemApplicationsText")}
      </PageSection>
      <PageSection>
        <Stack hasGutter>
          <StackItem>
            <ChartSource />
          </StackItem>
          <StackItem>
            <DefaultValues />
          </StackItem>
        </Stack>
      </PageSection>
    </>
  );
}

/** A seed looks again soon after the source has changed. */
const askAgainMs = 5_000;

function ChartSource() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: chartSourceKey,
    queryFn: () => api.systemApplications(),
    refetchInterval: askAgainMs,
  });
  if (!data) return error ? <Failure error={error} retry={refetch} /> : <Spinner aria-label={t("common.loading")} />;
  const { helmRepository, plainHTTP, helmRegistryConfigFile: login, chartDigests = {}, seeds } = data;
  return (
    <>
      <Facts
        title={t("admin.chartSource")}
        facts={[
          [t("admin.repository"), `oci://${helmRepository}`],
          [t("admin.transport"), t(plainHTTP ? "admin.plainHttp" : "admin.tls")],
          [t("admin.login"), login ? `${login.name}, ${login.key}` : t("common.none")],
          [t("admin.digests"), Object.keys(chartDigests).join(", ") || t("common.none")],
        ]}
      >
        {seeds.map(({ name, available, message }) => (
          <Alert
            key={name}
            className="fl-cards"
            isInline
            isPlain
            variant={available === "True" ? "success" : available === "False" ? "danger" : "info"}
            title={t(`admin.available.${available === "True" || available === "False" ? available : "Unknown"}`, {
              name,
            })}
          >
            {message}
          </Alert>
        ))}
        <Button className="fl-cards" variant="secondary" onClick={() => setOpen(true)}>
          {t("admin.changeSource")}
        </Button>
      </Facts>
      {isOpen && <ChartSourceDialog close={() => setOpen(false)} />}
    </>
  );
}

function DefaultValues() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ciliumKey,
    queryFn: () => api.applicationDefinition("cilium"),
  });
  if (!data) return error ? <Failure error={error} retry={refetch} /> : <Spinner aria-label={t("common.loading")} />;
  return (
    <>
      <Facts title={t("admin.defaultValues")} facts={[]}>
        <p>{t("admin.defaultValuesText")}</p>
        <CodeBlock className="fl-cards">
          <CodeBlockCode id="default-values" className="fl-scrolled" tabIndex={0}>
            {proposedValues(data.spec)}
          </CodeBlockCode>
        </CodeBlock>
        <Button className="fl-cards" variant="secondary" onClick={() => setOpen(true)}>
          {t("admin.changeDefaults")}
        </Button>
      </Facts>
      {isOpen && <DefaultValuesDialog close={() => setOpen(false)} />}
    </>
  );
}
