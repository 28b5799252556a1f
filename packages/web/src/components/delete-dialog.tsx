import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { FormDialog } from "./form-dialog.tsx";

interface DeleteDialogProps {
  title: string;
  /** What will be gone, and what stays. */
  text: string;
  remove: () => Promise<unknown>;
  /** Called after what was shown of the thing is out of date. */
  onRemoved: () => unknown;
  close: () => void;
  /** What the button says. Default: Delete. */
  submit?: string;
}

/** Asks once more. */
export function DeleteDialog({ title, text, remove, onRemoved, close, submit }: DeleteDialogProps) {
  const { t } = useTranslation();
  const { mutate, error, isPending } = useMutation({
    mutationFn: remove,
    onSuccess: async () => {
      await onRemoved();
      close();
    },
  });
  return (
    <FormDialog
      id="delete"
      title={title}
      submit={submit ?? t("common.delete")}
      onSubmit={mutate}
      isDanger
      {...{ close, error, isPending }}
    >
      <p>{text}</p>
    </FormDialog>
  );
}
