import type { ApiApplicationDefinition } from "@fairlead/resources";
import { Button, EmptyState, EmptyStateBody, Form, Spinner } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApplicationFields, usualPick } from "../applications/application-fields.tsx";
import { useInstallableApplications } from "../applications/definitions.ts";
import { Failure } from "../components/failure.tsx";
import type { ApplicationChoice } from "./choices.ts";
import { useJudged } from "./wizard-state.ts";

/** Applications that the cluster gets once it runs. */
export function ApplicationsStep() {
  const { t } = useTranslation();
  const { choices, choose } = useJudged();
  const { data, error, refetch } = useInstallableApplications();
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

interface AddProps {
  definitions: readonly ApiApplicationDefinition[];
  /** `namespace/name` of those that are chosen. */
  taken: ReadonlySet<string>;
  add: (chosen: ApplicationChoice) => void;
}

function AddApplication({ definitions, taken, add }: AddProps) {
  const { t } = useTranslation();
  const [pick, setPick] = useState(() => usualPick(definitions[0]));
  const chosen: ApplicationChoice = { ...pick, name: pick.application, values: "" };
  const isTaken = taken.has(`${chosen.namespace}/${chosen.name}`);
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        add(chosen);
      }}
    >
      <ApplicationFields definitions={definitions} pick={pick} onChange={setPick} />
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
