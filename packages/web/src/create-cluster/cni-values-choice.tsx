import { findVersion, layerValues, managedCiliumValues, mergeValues, pointerOf } from "@fairlead/network/rules";
import { Button, Modal, ModalBody, ModalFooter, ModalHeader, Tab, Tabs, TabTitleText } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api.ts";
import { proposedValues } from "../applications/definitions.ts";
import { Failure } from "../components/failure.tsx";
import { useValuesSchema } from "../values-editor/use-values-schema.ts";
import { ValuesEditor, type ValuesProblem, valuesOf } from "../values-editor/values-editor.tsx";
import { ValuesLayers } from "../values-editor/values-layers.tsx";
import { Field } from "./field.tsx";
import type { CompleteSpec } from "./judge.ts";
import { useJudged } from "./wizard-state.ts";

/** The Helm values that a Cilium of 1.13.0 or newer begins with. */
export function CniValuesChoice() {
  const { t } = useTranslation();
  const { about, choices, choose, judgement, rules } = useJudged();
  const [open, setOpen] = useState(false);
  const { type, version } = judgement.spec.cniPlugin;
  if (findVersion(rules.catalogue, type, version)?.delivery !== "application") return null;
  return (
    <Field
      id="cni-values"
      label={t("createCluster.cniValues")}
      role="group"
      help={t(choices.cniValues === undefined ? "createCluster.cniValuesDefault" : "createCluster.cniValuesOwn")}
      {...about('annotations["kubermatic.io/initial-cni-values-request"]')}
      reset={choices.cniValues === undefined ? undefined : () => choose({ cniValues: undefined })}
    >
      <div>
        <Button variant="secondary" onClick={() => setOpen(true)}>
          {t("createCluster.editCniValues")}
        </Button>
      </div>
      {open && <CniValuesDialog close={() => setOpen(false)} />}
    </Field>
  );
}

type JsonObject = Record<string, unknown>;

const titleId = "cni-values-title";

function CniValuesDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { choices, choose, judgement } = useJudged();
  const { data: proposed, error } = useQuery({
    queryKey: ["application-definition", "cilium"],
    queryFn: async () => proposedValues((await api.applicationDefinition("cilium")).spec),
  });
  const schema = useValuesSchema("cilium", judgement.spec.cniPlugin.version);
  const [typed, setTyped] = useState(choices.cniValues);
  const [tab, setTab] = useState<string | number>("edit");
  const usual = proposed ?? "";
  const definition = useMemo(() => valuesOf(usual) ?? {}, [usual]);
  const text = typed ?? usual;
  const values = valuesOf(text);
  const owned = ownedValues(judgement.spec);
  const managed = owned.map(({ path, reason }) => ({ pointer: pointerOf(path), reason }));
  const keys = values === undefined ? [] : layersOf({ values, definition, owned });
  return (
    <Modal isOpen onClose={close} variant="large" aria-labelledby={titleId}>
      <ModalHeader
        title={t("createCluster.cniValues")}
        description={t("createCluster.cniValuesText")}
        labelId={titleId}
      />
      <ModalBody>
        {error && <Failure error={error} />}
        {(proposed !== undefined || error) && (
          <Tabs activeKey={tab} onSelect={(_event, key) => setTab(key)} mountOnEnter>
            <Tab eventKey="edit" title={<TabTitleText>{t("values.edit")}</TabTitleText>}>
              <ValuesEditor
                label={t("createCluster.cniValues")}
                text={text}
                onChange={setTyped}
                managed={managed}
                problems={overridden(keys)}
                known={definition}
                schema={schema}
              />
            </Tab>
            <Tab eventKey="effective" title={<TabTitleText>{t("values.effective")}</TabTitleText>}>
              <ValuesLayers keys={keys} />
            </Tab>
          </Tabs>
        )}
      </ModalBody>
      <ModalFooter>
        <Button
          isDisabled={values === undefined}
          onClick={() => {
            choose({ cniValues: text === usual ? undefined : text });
            close();
          }}
        >
          {t("values.use")}
        </Button>
        <Button variant="link" onClick={close}>
          {t("common.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

/** The API server has no address yet. */
const laterAddress = { externalName: "(the API server's)", port: 6443 };

function ownedValues(spec: CompleteSpec) {
  try {
    return managedCiliumValues({ spec, status: { address: laterAddress } }).owned;
  } catch {
    return []; // of ranges that are not valid, which the form says
  }
}

function layersOf({
  values,
  definition,
  owned,
}: {
  values: JsonObject;
  definition: JsonObject;
  owned: ReturnType<typeof ownedValues>;
}) {
  const managed = owned.reduce<JsonObject>((all, { path, value }) => mergeValues(all, nested(path, value)), {});
  const isOwn = JSON.stringify(values) !== JSON.stringify(definition);
  return layerValues({
    base: { layer: isOwn ? "initial" : "definition", values },
    values: mergeValues(values, managed),
    owned,
  });
}

function nested([key = "", ...rest]: readonly string[], value: unknown): JsonObject {
  return { [key]: rest.length === 0 ? value : nested(rest, value) };
}

/** What is in the text and will not hold. */
function overridden(keys: ReturnType<typeof layersOf>): ValuesProblem[] {
  return keys.flatMap(({ pointer, path, layer, value, reason, covers }) =>
    layer === "managed" && covers.some((covered) => covered.layer !== "chart")
      ? [{ pointer, severity: "warning", message: `${path}: ${JSON.stringify(value)}, ${reason}` }]
      : [],
  );
}
