import type { ApiAddon, ApiAddonConfig } from "@fairlead/resources";
import { Checkbox, FormGroup, TextInput } from "@patternfly/react-core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { FormDialog } from "../components/form-dialog.tsx";
import { HelpText } from "../components/help-text.tsx";
import { addonsKey } from "./addon-queries.ts";
import { readVariable, writeVariables } from "./variables.ts";

interface AddonDialogProps {
  project: string;
  cluster: string;
  config: ApiAddonConfig;
  /** Absent where it is to be installed. */
  addon: ApiAddon | undefined;
  close: () => void;
}

/** Installs an add-on or changes its variables, by the form that its AddonConfig describes. */
export function AddonDialog({ project, cluster, config, addon, close }: AddonDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { name, spec } = config;
  const fields = (spec.formSpec ?? []).flatMap(({ internalName, ...field }) =>
    internalName ? [{ internalName, ...field }] : [],
  );
  const before = addon?.spec.variables as Record<string, unknown> | undefined;
  const [chosen, setChosen] = useState<Record<string, unknown>>({});
  const [keep, setKeep] = useState(addon ? addon.spec.continuouslyReconcile === true : true);
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => {
      const body = { variables: writeVariables(before ?? {}, chosen), continuouslyReconcile: keep };
      if (addon) return api.updateAddon({ project, cluster, name: config.id }, { spec: body });
      return api.createAddon({ project, cluster }, { name: config.id, spec: body });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: addonsKey(project, cluster) });
      close();
    },
  });
  return (
    <FormDialog
      id="addon"
      title={t(addon ? "addons.changeNamed" : "addons.installNamed", { name })}
      description={spec.shortDescription}
      submit={t(addon ? "addons.save" : "addons.install")}
      onSubmit={mutate}
      {...{ close, error, isPending }}
    >
      {fields.map(({ internalName, displayName = internalName, helpText, type, required }) => {
        const value = chosen[internalName] ?? readVariable(before ?? {}, internalName);
        const change = (next: unknown) => setChosen({ ...chosen, [internalName]: next });
        const id = `variable-${internalName}`;
        if (type === "boolean") {
          return (
            <Checkbox
              key={internalName}
              id={id}
              label={displayName}
              description={helpText}
              isChecked={value === true ? true : value === false ? false : null}
              onChange={(_event, on) => change(on)}
            />
          );
        }
        return (
          <FormGroup key={internalName} label={displayName} fieldId={id} isRequired={required === true}>
            <TextInput
              id={id}
              value={typeof value === "string" ? value : (JSON.stringify(value) ?? "")}
              onChange={(_event, text) => change(text)}
            />
            {helpText && <HelpText text={helpText} />}
          </FormGroup>
        );
      })}
      <Checkbox
        id="addon-keep"
        label={t("addons.keep")}
        description={t("addons.keepText")}
        isChecked={keep}
        onChange={(_event, on) => setKeep(on)}
      />
    </FormDialog>
  );
}
