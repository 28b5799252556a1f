import type { ApiApplicationInstallation, ApiApplicationValues } from "@fairlead/resources";
import { FormGroup, FormSelect, FormSelectOption, Tab, Tabs, TabTitleText } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { stringify } from "yaml";
import { api } from "../app/api.ts";
import { notify } from "../app/notifications.tsx";
import { Conflict } from "../components/conflict.tsx";
import { EditLoader } from "../components/edit-loader.tsx";
import { type DialogFrame, FormDialog } from "../components/form-dialog.tsx";
import { useSharedText } from "../values-editor/use-shared-text.ts";
import { useValuesSchema } from "../values-editor/use-values-schema.ts";
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
  /** Of the installation. */
  etag: string;
  values: ApiApplicationValues;
  /** That may be chosen; of an application of Fairlead's only the one it has. */
  versions: string[];
}

/** Edits what an application is given: the values that are applied now, with those that Fairlead manages marked and locked. */
export function EditApplicationDialog(props: EditApplicationDialogProps) {
  const { t } = useTranslation();
  const { project, cluster, application, close } = props;
  const dialog = {
    id: "edit-application",
    title: t("applications.editTitle", { name: application.name }),
    submit: t("applications.save"),
    close,
    isLarge: true,
  };
  const read = () => open(props);
  const key = ["application", project, cluster, application.namespace, application.name];
  return (
    <EditLoader {...dialog} queryKey={key} read={read}>
      {(opened) => <EditForm {...props} {...{ dialog, opened, read }} />}
    </EditLoader>
  );
}

async function open({ project, cluster, application }: EditApplicationDialogProps): Promise<Opened> {
  const { name, version } = application.spec.applicationRef;
  const ref = { project, id: cluster };
  // First, and the values after it: values that are older than their tag would be written over others' unseen.
  const { object: installation, etag } = await api.taggedApplication(ref, application);
  const [values, versions] = await Promise.all([
    api.applicationValues(ref, application),
    isSystemApplication(application) ? [version] : versionsOf(name, version),
  ]);
  return { installation, etag, values, versions };
}

/** A definition may be gone, or no longer have the version that is installed. */
async function versionsOf(name: string, installed: string): Promise<string[]> {
  const definition = await api.applicationDefinition(name).catch(() => undefined);
  return [...new Set([...(definition?.spec.versions.map(({ version }) => version) ?? []), installed])];
}

interface EditFormProps extends EditApplicationDialogProps {
  dialog: DialogFrame;
  opened: Opened;
  read: () => Promise<Opened>;
}

function EditForm({ project, cluster, application, close, dialog, ...shared }: EditFormProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [chosen, setVersion] = useState<string>();
  const [tab, setTab] = useState<string | number>("edit");
  const isSystem = isSystemApplication(application);
  const ref = { project, id: cluster };
  const { base, text, onChange, theirs, save, error, isPending } = useSharedText({
    ...shared,
    textOf: ({ installation, values }) => installation.spec.valuesBlock || stringify(values.values, { lineWidth: 0 }),
    save: (written, { installation, etag }): Promise<unknown> => {
      const values = valuesOf(written) ?? {};
      if (isSystem) return api.replaceApplicationValues(ref, application, { values, etag });
      const { spec } = installation;
      const own = spec.valuesBlock ? { valuesBlock: written, values: {} } : { values };
      const applicationRef = { ...spec.applicationRef, version: chosen ?? spec.applicationRef.version };
      return api.updateApplication(ref, { ...installation, spec: { ...spec, ...own, applicationRef } }, { etag });
    },
    onNewer: (newer, before) => (versionOf(newer) === versionOf(before) ? [] : [t("createCluster.applicationVersion")]),
    onSaved: async () => {
      notify({ variant: "success", title: t("applications.saved", { name: application.name }) });
      await client.invalidateQueries({ queryKey: applicationsKey(project, cluster) });
      close();
    },
  });
  const values = valuesOf(text);
  const schema = useValuesSchema(application.spec.applicationRef.name, chosen ?? versionOf(base));
  const managed = base.values.keys.flatMap(({ pointer, layer, reason }) =>
    layer === "managed" ? [{ pointer, reason: reason ?? "" }] : [],
  );
  return (
    <FormDialog
      {...dialog}
      description={t(isSystem ? "applications.editSystemText" : "applications.editText")}
      onSubmit={save}
      isDisabled={values === undefined}
      {...{ error, isPending }}
    >
      {theirs && <Conflict theirs={theirs} />}
      <FormGroup label={t("createCluster.applicationVersion")} fieldId="edit-version">
        <FormSelect
          id="edit-version"
          value={chosen ?? versionOf(base)}
          isDisabled={isSystem}
          onChange={(_event, version) => setVersion(version)}
        >
          {base.versions.map((each) => (
            <FormSelectOption key={each} value={each} label={each} />
          ))}
        </FormSelect>
      </FormGroup>
      <Tabs activeKey={tab} onSelect={(_event, key) => setTab(key)} aria-label={t("applications.values")} mountOnEnter>
        <Tab eventKey="edit" title={<TabTitleText>{t("values.edit")}</TabTitleText>}>
          <ValuesEditor
            label={t("applications.values")}
            text={text}
            onChange={onChange}
            managed={managed}
            lock
            problems={valuesProblems(error)}
            known={base.values.values}
            schema={schema}
          />
        </Tab>
        <Tab eventKey="changes" title={<TabTitleText>{t("values.changes")}</TabTitleText>}>
          {tab === "changes" && <ValuesChanges cluster={ref} application={application} values={values} />}
        </Tab>
        <Tab eventKey="effective" title={<TabTitleText>{t("values.now")}</TabTitleText>}>
          <ValuesLayers keys={base.values.keys} />
        </Tab>
      </Tabs>
    </FormDialog>
  );
}

function versionOf({ installation }: Opened): string {
  return installation.spec.applicationRef.version;
}
