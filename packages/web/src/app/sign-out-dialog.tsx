import { List, ListItem } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { FormDialog } from "../components/form-dialog.tsx";
import { signOut } from "./api.ts";

/** Says what signing out ends, and what it does not. */
export function SignOutDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { mutate, error, isPending } = useMutation({ mutationFn: signOut });
  return (
    <FormDialog
      id="sign-out"
      title={t("signOut.title")}
      submit={t("layout.signOut")}
      onSubmit={mutate}
      close={close}
      error={error}
      isPending={isPending}
    >
      <List>
        <ListItem>{t("signOut.browser")}</ListItem>
        <ListItem>{t("signOut.account")}</ListItem>
        <ListItem>{t("signOut.token")}</ListItem>
      </List>
    </FormDialog>
  );
}
