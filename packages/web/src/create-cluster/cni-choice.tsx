import type { CniType } from "@fairlead/network/rules";
import {
  Card,
  CardBody,
  CardHeader,
  CardTitle,
  FormSelect,
  FormSelectOption,
  Gallery,
  Label,
} from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Field, helpId } from "./field.tsx";
import { versionOptions } from "./version-options.ts";
import { useJudged } from "./wizard-state.ts";

const types: readonly CniType[] = ["canal", "cilium", "none"];

/** The CNI: a card for each type with what it is and needs, then its version. */
export function CniChoice() {
  const { t } = useTranslation();
  const { about, choices, choose, judgement, rules } = useJudged();
  const { type, version } = judgement.spec.cniPlugin;
  const options = versionOptions(rules.catalogue, type, judgement.spec.version);
  const current = options.find(({ entry }) => entry.version === version);
  const newest = (of: CniType) => versionOptions(rules.catalogue, of, judgement.spec.version).at(0)?.entry;
  return (
    <>
      <Field id="cni-type" label={t("createCluster.cni")} role="radiogroup" {...about("spec.cniPlugin.type")}>
        <Gallery hasGutter minWidths={{ default: "10rem" }}>
          {types.map((of) => {
            const id = `cni-${of}`;
            const kernel = newest(of)?.leastKernel;
            return (
              <Card key={of} id={id} isSelectable isCompact isSelected={type === of}>
                <CardHeader
                  selectableActions={{
                    selectableActionId: `${id}-choice`,
                    selectableActionAriaLabelledby: `${id}-title`,
                    name: "cni",
                    variant: "single",
                    isChecked: type === of,
                    onChange: () => choose({ cniType: of }),
                  }}
                >
                  <CardTitle id={`${id}-title`}>{t(`createCluster.cniTypes.${of}.name`)}</CardTitle>
                </CardHeader>
                <CardBody>
                  <p>{t(`createCluster.cniTypes.${of}.meaning`)}</p>
                  <p>{t(`createCluster.cniTypes.${of}.needs`)}</p>
                  {kernel && <p>{t("createCluster.kernel", { kernel, version: newest(of)?.version })}</p>}
                </CardBody>
              </Card>
            );
          })}
        </Gallery>
      </Field>
      {type !== "none" && (
        <Field
          id="cni-version"
          label={t("createCluster.cniVersion")}
          {...about("spec.cniPlugin.version")}
          reset={choices.cniVersion === undefined ? undefined : () => choose({ cniVersion: undefined })}
        >
          <FormSelect
            id="cni-version"
            value={version}
            onChange={(_event, chosen) => choose({ cniType: type, cniVersion: chosen })}
            aria-describedby={helpId("cni-version")}
          >
            {options.map(({ entry, rank }) => (
              <FormSelectOption
                key={entry.version}
                value={entry.version}
                label={t(`createCluster.ranks.${rank}`, { version: entry.version })}
              />
            ))}
          </FormSelect>
          {current?.entry.advisories.map((advisory) => (
            <Label key={advisory} status="danger" isCompact>
              {advisory}
            </Label>
          ))}
        </Field>
      )}
    </>
  );
}
