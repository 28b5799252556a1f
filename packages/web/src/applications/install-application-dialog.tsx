import { ApiError } from "@fairlead/api-client";
import type { ApiApplicationDefinition } from "@fairlead/resources";
import { EmptyState, EmptyStateBody, FormGroup, Spinner, TextInput } from "@patternfly/react-core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import { FormDialog } from "../components/form-dialog.tsx";
import { fieldPointer } from "../values-editor/field-pointer.ts";
import { useValuesSchema } from "../values-editor/use-values-schema.ts";
import { ValuesEditor, type ValuesProblem, valuesOf } from "../values-editor/values-editor.tsx";
import { ApplicationFields, usualPick } from "./application-fields.tsx";
import { applicationsKey } from "./application-queries.ts";
import { proposedValues, useInstallableApplications } from "./definitions.ts";

interface InstallApplicationDialogProps {
  project: string;
  cluster: string;
  close: () => void;
}

/** Installs one of the applications that administrators offer. */
export function InstallApplicationDialog(props: InstallApplicationDialogProps) {
  const { t } = useTranslation();
  const { data, error, refetch } = useInstallableApplications();
  if (data && data.length > 0) return <InstallForm {...props} definitions={data} />;
  return (
    <FormDialog
      id="install-application"
      title={t("applications.install")}
      submit={t("applications.install")}
      onSubmit={() => undefined}
      isDisabled
      close={props.close}
    >
      {error && <Failure error={error} retry={refetch} />}
      {!data && !error && <Spinner aria-label={t("common.loading")} />}
      {data && (
        <EmptyState titleText={t("createCluster.noApplications")} headingLevel="h2" variant="sm">
          <EmptyStateBody>{t("createCluster.noApplicationsText")}</EmptyStateBody>
        </EmptyState>
      )}
    </FormDialog>
  );
}

interface InstallFormProps extends InstallApplicationDialogProps {
  definitions: readonly ApiApplicationDefinition[];
}

function InstallForm({ project, cluster, definitions, close }: InstallFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [pick, setPick] = useState(() => usualPick(definitions[0]));
  const [name, setName] = useState<string>();
  const [typed, setTyped] = useState<string>();
  const definition = definitions.find((each) => each.name === pick.application);
  const proposed = definition ? proposedValues(definition.spec) : "";
  const text = typed ?? proposed;
  const schema = useValuesSchema(pick.application, pick.version);
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: () =>
      api.installApplication(project, cluster, {
        name: name ?? pick.application,
        spec: {
          applicationRef: { name: pick.application, version: pick.version },
          namespace: { name: pick.namespace, create: true },
          ...(text.trim() === "" ? {} : { valuesBlock: text }),
        },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: applicationsKey(project, cluster) });
      close();
    },
  });
  return (
    <FormDialog
      id="install-application"
      title={t("applications.install")}
      submit={t("applications.install")}
      onSubmit={mutate}
      isDisabled={valuesOf(text) === undefined}
      isLarge
      {...{ close, error, isPending }}
    >
      <ApplicationFields
        definitions={definitions}
        pick={pick}
        onChange={(next) => {
          if (next.application !== pick.application) setTyped(undefined);
          setPick(next);
          reset();
        }}
      />
      {definition?.spec.description && <p>{definition.spec.description}</p>}
      <FormGroup label={t("common.name")} fieldId="application-name" isRequired>
        <TextInput
          id="application-name"
          value={name ?? pick.application}
          onChange={(_event, value) => setName(value)}
          isRequired
        />
      </FormGroup>
      <FormGroup label={t("applications.values")} role="group" fieldId="application-values">
        <ValuesEditor
          key={pick.application}
          label={t("applications.values")}
          text={text}
          onChange={setTyped}
          problems={valuesProblems(error)}
          known={valuesOf(proposed) ?? {}}
          schema={schema}
        />
      </FormGroup>
    </FormDialog>
  );
}

/** What the server says of the values, at their keys. */
export function valuesProblems(error: unknown): ValuesProblem[] {
  if (!(error instanceof ApiError)) return [];
  return error.fieldErrors.flatMap(({ field, message }) => {
    const [, key] = /^spec\.values(?:Block)?\.?(.*)$/.exec(field) ?? [];
    return key === undefined ? [] : [{ pointer: fieldPointer(key), message: `${field}: ${message}` }];
  });
}
