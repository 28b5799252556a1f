import { Alert, Form } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { nodesField } from "./judge.ts";
import { TextChoice } from "./text-choice.tsx";
import { useJudged } from "./wizard-state.ts";

/** How many nodes the cluster begins with. */
export function NodesStep() {
  const { t } = useTranslation();
  const { about, choices, choose, judgement } = useJudged();
  return (
    <Form onSubmit={(event) => event.preventDefault()}>
      <TextChoice
        id="node-count"
        label={t("createCluster.nodes")}
        isRequired
        chosen={choices.nodes}
        choose={(text) => choose({ nodes: text ?? "" })}
        help={t("createCluster.nodesHelp")}
        {...about(nodesField)}
      />
      {judgement.spec.cniPlugin.type === "none" && (
        <Alert variant="info" isInline title={t("createCluster.nodesWait")}>
          {t("createCluster.nodesWaitText")}
        </Alert>
      )}
    </Form>
  );
}
