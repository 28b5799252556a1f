import type { ApiApplicationDefinition } from "@fairlead/resources";
import { FormGroup, FormSelect, FormSelectOption, TextInput } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";

/** Which application, and where to. */
export interface ApplicationPick {
  application: string;
  version: string;
  namespace: string;
}

interface ApplicationFieldsProps {
  definitions: readonly ApiApplicationDefinition[];
  pick: ApplicationPick;
  onChange: (pick: ApplicationPick) => void;
}

/** The newest version of a definition, in a namespace of its name. */
export function usualPick(definition: ApiApplicationDefinition | undefined): ApplicationPick {
  const { name = "", spec } = definition ?? {};
  return { application: name, version: spec?.versions.at(-1)?.version ?? "", namespace: name };
}

export function ApplicationFields({ definitions, pick, onChange }: ApplicationFieldsProps) {
  const { t } = useTranslation();
  const definition = definitions.find(({ name }) => name === pick.application);
  return (
    <>
      <FormGroup label={t("createCluster.application")} fieldId="application">
        <FormSelect
          id="application"
          value={pick.application}
          onChange={(_event, chosen) => onChange(usualPick(definitions.find(({ name }) => name === chosen)))}
        >
          {definitions.map(({ name }) => (
            <FormSelectOption key={name} value={name} label={name} />
          ))}
        </FormSelect>
      </FormGroup>
      <FormGroup label={t("createCluster.applicationVersion")} fieldId="application-version">
        <FormSelect
          id="application-version"
          value={pick.version}
          onChange={(_event, version) => onChange({ ...pick, version })}
        >
          {(definition?.spec.versions ?? []).map(({ version }) => (
            <FormSelectOption key={version} value={version} label={version} />
          ))}
        </FormSelect>
      </FormGroup>
      <FormGroup label={t("createCluster.namespace")} fieldId="application-namespace">
        <TextInput
          id="application-namespace"
          value={pick.namespace}
          onChange={(_event, namespace) => onChange({ ...pick, namespace })}
        />
      </FormGroup>
    </>
  );
}
