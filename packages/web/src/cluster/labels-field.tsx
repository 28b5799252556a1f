import { unsafeLabels } from "@fairlead/network/rules";
import {
  Button,
  Content,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  TextInput,
} from "@patternfly/react-core";
import { PlusIcon, TimesIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";
import type { LabelChoice } from "./edit-choices.ts";

interface LabelsFieldProps {
  labels: readonly LabelChoice[];
  change: (labels: LabelChoice[]) => void;
}

const unsafe = Object.values(unsafeLabels);

/** Labels, row by row; those that take rules away say what that means. */
export function LabelsField({ labels, change }: LabelsFieldProps) {
  const { t } = useTranslation();
  const edit = (index: number, row: Partial<LabelChoice>) =>
    change(labels.map((label, at) => (at === index ? { ...label, ...row } : label)));
  return (
    <FormGroup label={t("clusterPage.labels")} role="group" fieldId="labels">
      {labels.map((label, index) => {
        const risky = unsafe.find((name) => name === label.name.trim());
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; its name changes while it is typed
          <div key={index}>
            <div className="fl-input-with-action">
              <TextInput
                aria-label={t("clusterPage.edit.labelName", { number: index + 1 })}
                placeholder={t("common.name")}
                value={label.name}
                onChange={(_event, name) => edit(index, { name })}
                spellCheck={false}
              />
              <TextInput
                aria-label={t("clusterPage.edit.labelValue", { number: index + 1 })}
                placeholder={t("values.value")}
                value={label.value}
                onChange={(_event, value) => edit(index, { value })}
                spellCheck={false}
              />
              <Button
                variant="plain"
                icon={<TimesIcon />}
                aria-label={t("createCluster.removeNamed", { name: label.name || String(index + 1) })}
                onClick={() => change(labels.filter((_label, at) => at !== index))}
              />
            </div>
            {risky && (
              <FormHelperText>
                <HelperText isLiveRegion>
                  <HelperTextItem variant="warning">{t(`clusterPage.unsafe.${risky}`)}</HelperTextItem>
                </HelperText>
              </FormHelperText>
            )}
          </div>
        );
      })}
      <Button variant="link" icon={<PlusIcon />} onClick={() => change([...labels, { name: "", value: "" }])}>
        {t("clusterPage.edit.addLabel")}
      </Button>
      <Content component="small">{t("clusterPage.edit.unsafeHelp", { labels: unsafe.join(", ") })}</Content>
    </FormGroup>
  );
}
