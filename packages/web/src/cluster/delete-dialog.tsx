import type { ApiCluster } from "@fairlead/resources";
import {
  Button,
  Content,
  Form,
  FormGroup,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";
import { clusterKey } from "./use-live-cluster.ts";

interface DeleteDialogProps {
  project: string;
  cluster: ApiCluster;
  close: () => void;
}

const formId = "delete-cluster";

/** Deletes the cluster once its name has been typed: what is in it is lost. */
export function DeleteDialog({ project, cluster: { id, name }, close }: DeleteDialogProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => api.deleteCluster(project, id),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: clusterKey(project, id) });
      close();
    },
  });
  return (
    <Modal isOpen onClose={close} variant="small" aria-labelledby={`${formId}-title`}>
      <ModalHeader
        title={t("clusterPage.delete.title", { name })}
        titleIconVariant="warning"
        labelId={`${formId}-title`}
      />
      <ModalBody>
        <Form
          id={formId}
          onSubmit={(event) => {
            event.preventDefault();
            if (typed === name) mutate();
          }}
        >
          {error && <Failure error={error} />}
          <Content component="p">{t("clusterPage.delete.text")}</Content>
          <FormGroup
            label={<Trans i18nKey="clusterPage.delete.confirm" values={{ name }} />}
            fieldId="delete-name"
            isRequired
          >
            <TextInput
              id="delete-name"
              value={typed}
              onChange={(_event, text) => setTyped(text)}
              autoComplete="off"
              spellCheck={false}
              isRequired
            />
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form={formId}
          variant="danger"
          isLoading={isPending}
          isDisabled={isPending || typed !== name}
        >
          {t("clusterPage.delete.button")}
        </Button>
        <Button variant="link" onClick={close}>
          {t("common.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
