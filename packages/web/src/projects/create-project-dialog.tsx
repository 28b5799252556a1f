import { Button, Form, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { Failure } from "../components/failure.tsx";

const formId = "create-project";

export function CreateProjectDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => api.createProject(name),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ["projects"] });
      await navigate({ to: "/projects/$project/clusters", params: { project: id } });
    },
  });
  return (
    <Modal isOpen onClose={close} variant="small" aria-labelledby={`${formId}-title`}>
      <ModalHeader title={t("projects.create")} labelId={`${formId}-title`} />
      <ModalBody>
        <Form
          id={formId}
          onSubmit={(event) => {
            event.preventDefault();
            mutate();
          }}
        >
          {error && <Failure error={error} />}
          <FormGroup label={t("common.name")} fieldId="project-name" isRequired>
            <TextInput id="project-name" value={name} onChange={(_event, value) => setName(value)} isRequired />
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form={formId} isLoading={isPending} isDisabled={isPending}>
          {t("common.create")}
        </Button>
        <Button variant="link" onClick={close}>
          {t("common.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
