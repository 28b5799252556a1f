import type { ApiNodeDeployment } from "@fairlead/resources";
import {
  Button,
  Form,
  FormGroup,
  FormHelperText,
  HelperText,
  HelperTextItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import { clusterKey } from "./use-live-cluster.ts";

interface ScaleDialogProps {
  project: string;
  cluster: string;
  group: ApiNodeDeployment;
  close: () => void;
}

const formId = "scale-nodes";

/** Asks how many nodes a group should have; what is no such number the server refuses. */
export function ScaleDialog({ project, cluster, group, close }: ScaleDialogProps) {
  const { t } = useTranslation();
  const [count, setCount] = useState(String(group.spec.replicas));
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => api.scaleMachineDeployment({ project, cluster, name: group.name }, Number(count)),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: clusterKey(project, cluster) });
      close();
    },
  });
  return (
    <Modal isOpen onClose={close} variant="small" aria-labelledby={`${formId}-title`}>
      <ModalHeader title={t("clusterPage.nodes.scale")} description={group.name} labelId={`${formId}-title`} />
      <ModalBody>
        <Form
          id={formId}
          onSubmit={(event) => {
            event.preventDefault();
            mutate();
          }}
        >
          {error && <Failure error={error} />}
          <FormGroup label={t("createCluster.nodes")} fieldId="scale-count" isRequired>
            <TextInput
              id="scale-count"
              type="number"
              min={0}
              value={count}
              onChange={(_event, text) => setCount(text)}
              isRequired
            />
            <FormHelperText>
              <HelperText>
                <HelperTextItem>{t("clusterPage.nodes.scaleHelp")}</HelperTextItem>
              </HelperText>
            </FormHelperText>
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form={formId} isLoading={isPending} isDisabled={isPending || count.trim() === ""}>
          {t("clusterPage.save")}
        </Button>
        <Button variant="link" onClick={close}>
          {t("common.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
