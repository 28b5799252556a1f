import type { ApiApplicationInstallation, ApiApplicationValues } from "@fairlead/resources";
import { FormGroup, FormSelect, FormSelectOption, Spinner, Tab, Tabs, TabTitleText } from "@patternfly/react-core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { stringify } from "yaml";
import { api } from "../app/api.ts";
import { notify } from "../app/notifications.tsx";
import { Failure } from "../components/failure.tsx";
import { FormDialog } from "../components/form-dialog.tsx";
import { ValuesEditor, valuesOf } from "../values-editor/values-editor.tsx";
import { ValuesLayers } from "../values-editor/values-layers.tsx";
import { applicationsKey, type ListedApplication } from "./application-queries.ts";
import { isSystemApplication } from "./definitions.ts";
import { valuesProblems } from "./install-application-dialog.tsx";
import { ValuesChanges } from "./values-changes.tsx";

interface EditApplicationDialogProps {
  project: string;
  cluster: string;
  application: ListedApplication;
  close: () => void;
}

interface Opened {
  installation: ApiApplicationInstallation;
  values: ApiApplicationValues;
  /** That may be chosen; of an application of Fairlead's only the one it has. */
  versions: string[];
}

/** Edits what an application is given: the values that are applied now, with those that Fairlead manages marked and locked. */
export function EditApplicationDialog(props: EditApplicationDialogProps) {
  const { t } = useTranslation();
  const { project, cluster, application, close } = props;
  const { data, error } = useQuery({
    queryKey: ["application-to-edit", project, cluster, application.namespace, application.name],
    queryFn: () => open(props),
    // What somebody edits stays as they opened it.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (data) return <EditForm {...props} opened={data} />;
  return (
    <FormDialog
      id="edit-application"
      title={t("applications.editTitle", { name: application.name })}
      submit={t("applications.save")}
      onSubmit={() => undefined}
      isDisabled
      isLarge
      close={close}
    >
      {error ? <Failure error={error} /> : <Spinner aria-label={t("common.loading")} />}
    </FormDialog>
  );
}

async function open({ project, cluster, application }: EditApplicationDialogProps): Promise<Opened> {
  const { name, version } = application.spec.applicationRef;
  const [installation, values, versions] = await Promise.all([
    api.application(project, cluster, application),
    api.applicationValues({ project, id: cluster }, application),
    isSystemApplication(application) ? [version] : versionsOf(name, version),
  ]);
  return { installation, values, versions };
}

/** A definition may be gone, or no longer have the version that is installed. */
async function versionsOf(name: string, installed: string): Promise<string[]> {
  const definition = await api.applicationDefinition(name).catch(() => undefined);
  return [...new Set([...(definition?.spec.versions.map(({ version }) => version) ?? []), installed])];
}

function EditForm({ project, cluster, application, close, opened }: EditApplicationDialogProps & { opened: Opened }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { installation, versions } = opened;
  const { valuesBlock } = installation.spec;
  const [text, setText] = useState(() => valuesBlock || stringify(opened.values.values, { lineWidth: 0 }));
  const [version, setVersion] = useState(installation.spec.applicationRef.version);
  const [tab, setTab] = useState<string | number>("edit");
  const isSystem = isSystemApplication(application);
  const values = valuesOf(text);
  const ref = { project, id: cluster };
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: async () => {
      const now = await api.application(project, cluster, application);
      if (JSON.stringify(now.spec) !== JSON.stringify(installation.spec)) {
        throw new Error(t("applications.changedMeanwhile"));
      }
      if (isSystem) return api.replaceApplicationValues(ref, application, values ?? {});
      const own = valuesBlock ? { valuesBlock: text, values: {} } : { values: values ?? {} };
      const applicationRef = { ...installation.spec.applicationRef, version };
      return api.updateApplication(project, cluster, {
        ...installation,
        spec: { ...installation.spec, ...own, applicationRef },
      });
    },
    onSuccess: async () => {
      notify({ variant: "success", title: t("applications.saved", { name: application.name }) });
      await client.invalidateQueries({ queryKey: applicationsKey(project, cluster) });
      close();
    },
  });
  const managed = opened.values.keys.flatMap(({ pointer, layer, reason }) =>
    layer === "managed" ? [{ pointer, reason: reason ?? "" }] : [],
  );
  return (
    <FormDialog
      id="edit-application"
      title={t("applications.editTitle", { name: application.name })}
      description={t(isSystem ? "applications.editSystemText" : "applications.editText")}
      submit={t("applications.save")}
      onSubmit={mutate}
      isDisabled={values === undefined}
      isLarge
      {...{ close, error, isPending }}
    >
      <FormGroup label={t("createCluster.applicationVersion")} fieldId="edit-version">
        <FormSelect
          id="edit-version"
          value={version}
          isDisabled={isSystem}
          onChange={(_event, chosen) => setVersion(chosen)}
        >
          {versions.map((each) => (
            <FormSelectOption key={each} value={each} label={each} />
          ))}
        </FormSelect>
      </FormGroup>
      <Tabs activeKey={tab} onSelect={(_event, key) => setTab(key)} aria-label={t("applications.values")} mountOnEnter>
        <Tab eventKey="edit" title={<TabTitleText>{t("values.edit")}</TabTitleText>}>
          <ValuesEditor
            label={t("applications.values")}
            text={text}
            onChange={(next) => {
              setText(next);
              reset();
            }}
            managed={managed}
            lock
            problems={valuesProblems(error)}
            known={opened.values.values}
          />
        </Tab>
        <Tab eventKey="changes" title={<TabTitleText>{t("values.changes")}</TabTitleText>}>
          {tab === "changes" && <ValuesChanges cluster={ref} application={application} values={values} />}
        </Tab>
        <Tab eventKey="effective" title={<TabTitleText>{t("values.now")}</TabTitleText>}>
          <ValuesLayers keys={opened.values.keys} />
        </Tab>
      </Tabs>
    </FormDialog>
  );
}
