import type { Tagged } from "@fairlead/api-client";
import { providers } from "@fairlead/network/rules";
import type { ApiCluster } from "@fairlead/resources";
import { Spinner } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { Conflict } from "../components/conflict.tsx";
import { EditLoader } from "../components/edit-loader.tsx";
import { type DialogFrame, FormDialog } from "../components/form-dialog.tsx";
import { useGuardedEdit } from "../components/use-guarded-edit.ts";
import { toRuleContext } from "../create-cluster/rule-context.ts";
import { choicesOf, differing, onTopOf, patchOf } from "./edit-choices.ts";
import { EditFields } from "./edit-fields.tsx";
import { clusterKey } from "./use-live-cluster.ts";

interface EditDialogProps {
  project: string;
  id: string;
  close: () => void;
}

/** Edits what may change of a cluster. What somebody else has changed meanwhile is shown, never written over unseen. */
export function EditDialog({ project, id, close }: EditDialogProps) {
  const { t } = useTranslation();
  const dialog = {
    id: "edit-cluster",
    title: t("clusterPage.edit.title"),
    submit: t("clusterPage.save"),
    close,
    isLarge: true,
  };
  const read = () => api.taggedCluster(project, id);
  return (
    <EditLoader {...dialog} queryKey={clusterKey(project, id)} read={read}>
      {(opened) => <EditForm {...{ dialog, project, opened, read }} />}
    </EditLoader>
  );
}

interface EditFormProps {
  dialog: DialogFrame;
  project: string;
  opened: Tagged<ApiCluster>;
  read: () => Promise<Tagged<ApiCluster>>;
}

function EditForm({ dialog, project, opened, read }: EditFormProps) {
  const { t } = useTranslation();
  const [choices, setChoices] = useState(() => choicesOf(opened.object));
  const { base, theirs, save, error, isPending } = useGuardedEdit({
    opened,
    read,
    save: async ({ object, etag }) => {
      const patch = patchOf(object, choices);
      if (patch) await api.updateCluster(project, object.id, patch, { etag });
    },
    onNewer: (newer, older) => {
      const before = choicesOf(older.object);
      setChoices(onTopOf(newer.object, { before, choices }));
      return differing(before, choicesOf(newer.object)).map((field) => t(`clusterPage.edit.fields.${field}`));
    },
    onSaved: async () => {
      await queryClient.invalidateQueries({ queryKey: clusterKey(project, opened.object.id) });
      dialog.close();
    },
  });
  const { dc = "", ...cloud } = base.object.spec.cloud ?? {};
  const provider = Object.keys(cloud).find((key) => providers.has(key)) ?? "";
  const { data: rules, error: rulesError } = useQuery({
    queryKey: ["rulecontext", provider, dc],
    queryFn: async () => toRuleContext(await api.ruleContext(provider, dc)),
  });
  return (
    <FormDialog
      {...dialog}
      onSubmit={save}
      error={error ?? rulesError}
      isPending={isPending}
      isDisabled={!rules || patchOf(base.object, choices) === undefined}
    >
      {theirs && <Conflict theirs={theirs} />}
      {rules ? (
        <EditFields
          cluster={base.object}
          choices={choices}
          choose={(more) => setChoices({ ...choices, ...more })}
          rules={rules}
        />
      ) : (
        !rulesError && <Spinner aria-label={t("common.loading")} />
      )}
    </FormDialog>
  );
}
