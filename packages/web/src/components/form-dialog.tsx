import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "./failure.tsx";

interface FormDialogProps {
  /** Of the form; unique in the page. */
  id: string;
  title: string;
  description?: ReactNode;
  /** What the button says that sends the form. */
  submit: string;
  onSubmit: () => void;
  close: () => void;
  /** Of the last attempt. */
  error?: unknown;
  isPending?: boolean;
  /** Whether what is typed cannot be sent. */
  isDisabled?: boolean;
  /** For what cannot be taken back. */
  isDanger?: boolean;
  /** For an editor. */
  isLarge?: boolean;
  children?: ReactNode;
}

/** What stands around the fields, while they are loading, too. */
export type DialogFrame = Pick<FormDialogProps, "id" | "title" | "submit" | "close" | "isLarge">;

/** A dialog that asks for something and sends it; what the server refuses stands above the fields. */
export function FormDialog({ id, title, description, submit, onSubmit, close, error, ...look }: FormDialogProps) {
  const { t } = useTranslation();
  const { isPending = false, isDisabled = false, isDanger = false, isLarge = false, children } = look;
  return (
    <Modal isOpen onClose={close} variant={isLarge ? "large" : "small"} aria-labelledby={`${id}-title`}>
      <ModalHeader
        title={title}
        description={description}
        labelId={`${id}-title`}
        titleIconVariant={isDanger ? "warning" : undefined}
      />
      <ModalBody>
        <Form
          id={id}
          onSubmit={(event) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          {error != null && <Failure error={error} />}
          {children}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button
          type="submit"
          form={id}
          variant={isDanger ? "danger" : "primary"}
          isLoading={isPending}
          isDisabled={isPending || isDisabled}
        >
          {submit}
        </Button>
        <Button variant="link" onClick={close}>
          {t("common.cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
