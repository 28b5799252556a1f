import type { ApiApplicationDefinition } from "@fairlead/resources";
import {
  Button,
  EmptyState,
  EmptyStateBody,
  Form,
  FormGroup,
  FormSelect,
  FormSelectOption,
  Spinner,
  TextInput,
} from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import type { ApplicationChoice } from "./choices.ts";
import { useJudged } from "./wizard-state.ts";

const typeLabel = "apps.kubermatic.k8c.io/type";

/** Applications that the cluster gets once it runs. */
export function ApplicationsStep() {
  const { t } = useTranslation();
  const { choices, choose } = useJudged();
  const { data, error, refetch } = useQuery({ queryKey: ["installable-applications"], queryFn: installable });
  const { applications } = choices;
  if (error) return <Failure error={error} retry={refetch} />;
  if (!data) return <Spinner aria-label={t("common.loading")} />;
  if (data.length === 0 && applications.length === 0) {
    return (
      <EmptyState titleText={t("createCluster.noApplications")} headingLevel="h2">
        <EmptyStateBody>{t("createCluster.noApplicationsText")}</EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <>
      {applications.length > 0 && (
        <Table aria-label={t("createCluster.applications")} variant="compact">
          <Thead>
            <Tr>
              <Th>{t("common.name")}</Th>
              <Th>{t("createCluster.application")}</Th>
              <Th>{t("createCluster.namespace")}</Th>
              <Th screenReaderText={t("createCluster.remove")} />
            </Tr>
          </Thead>
          <Tbody>
            {applications.map((chosen) => (
              <Tr key={`${chosen.namespace}/${chosen.name}`}>
                <Td dataLabel={t("common.name")}>{chosen.name}</Td>
                <Td dataLabel={t("createCluster.application")}>
                  {chosen.application} {chosen.version}
                </Td>
                <Td dataLabel={t("createCluster.namespace")}>{chosen.namespace}</Td>
                <Td isActionCell>
                  <Button
                    variant="link"
                    aria-label={t("createCluster.removeNamed", { name: chosen.name })}
                    onClick={() => choose({ applications: applications.filter((other) => other !== chosen) })}
                  >
                    {t("createCluster.remove")}
                  </Button>
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
      {data.length > 0 && (
        <AddApplication
          definitions={data}
          taken={new Set(applications.map(({ namespace, name }) => `${namespace}/${name}`))}
          add={(chosen) => choose({ applications: [...applications, chosen] })}
        />
      )}
    </>
  );
}

/** Those that are no CNI: a cluster's CNI is chosen as such. */
async function installable(): Promise<ApiApplicationDefinition[]> {
  const list = await api.applicationDefinitions();
  const all = await Promise.all(list.map(({ name }) => api.applicationDefinition(name)));
  return all.filter(({ labels, name }) => labels?.[typeLabel] !== "cni" && name !== "cilium");
}

interface AddProps {
  definitions: readonly ApiApplicationDefinition[];
  /** `namespace/name` of those that are chosen. */
  taken: ReadonlySet<string>;
  add: (chosen: ApplicationChoice) => void;
}

function AddApplication({ definitions, taken, add }: AddProps) {
  const { t } = useTranslation();
  const [application, setApplication] = useState(definitions[0]?.name ?? "");
  const versions = definitions.find(({ name }) => name === application)?.spec.versions ?? [];
  const [version, setVersion] = useState<string>();
  const [namespace, setNamespace] = useState<string>();
  const chosen: ApplicationChoice = {
    application,
    version: version ?? versions.at(-1)?.version ?? "",
    namespace: namespace ?? application,
    name: application,
    values: "",
  };
  const isTaken = taken.has(`${chosen.namespace}/${chosen.name}`);
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        add(chosen);
      }}
    >
      <FormGroup label={t("createCluster.application")} fieldId="application">
        <FormSelect
          id="application"
          value={application}
          onChange={(_event, name) => {
            setApplication(name);
            setVersion(undefined);
          }}
        >
          {definitions.map(({ name }) => (
            <FormSelectOption key={name} value={name} label={name} />
          ))}
        </FormSelect>
      </FormGroup>
      <FormGroup label={t("createCluster.applicationVersion")} fieldId="application-version">
        <FormSelect id="application-version" value={chosen.version} onChange={(_event, value) => setVersion(value)}>
          {versions.map((offered) => (
            <FormSelectOption key={offered.version} value={offered.version} label={offered.version} />
          ))}
        </FormSelect>
      </FormGroup>
      <FormGroup label={t("createCluster.namespace")} fieldId="application-namespace">
        <TextInput
          id="application-namespace"
          value={namespace ?? application}
          onChange={(_event, text) => setNamespace(text)}
        />
      </FormGroup>
      <div>
        <Button
          type="submit"
          variant="secondary"
          isDisabled={isTaken || chosen.version === "" || chosen.namespace === ""}
        >
          {t("createCluster.addApplication")}
        </Button>
      </div>
    </Form>
  );
}
