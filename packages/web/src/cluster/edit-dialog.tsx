import type { Tagged } from "@fairlead/api-client";
import { providers } from "@fairlead/network/rules";
import type { ApiCluster } from "@fairlead/resources";
import { Spinner } from "@patternfly/react-core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, queryClient } from "../app/api.ts";
import { Conflict, isStale } from "../components/conflict.tsx";
import { FormDialog } from "../components/form-dialog.tsx";
import { toRuleContext } from "../create-cluster/rule-context.ts";
import { choicesOf, differing, type EditChoices, type EditField, onTopOf, patchOf } from "./edit-choices.ts";
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
  const [base, setBase] = useState<Tagged<ApiCluster>>();
  const [choices, setChoices] = useState<EditChoices>();
  const [theirs, setTheirs] = useState<readonly EditField[]>([]);
  const { error: loadError, data: begun } = useQuery({
    queryKey: ["edit", project, id],
    queryFn: () => api.taggedCluster(project, id),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    if (!begun || base) return;
    setBase(begun);
    setChoices(choicesOf(begun.object));
  }, [begun, base]);
  const cloud = base?.object.spec.cloud ?? {};
  const provider = Object.keys(cloud).find((key) => providers.has(key)) ?? "";
  const { dc = "" } = cloud;
  const { data: rules, error: rulesError } = useQuery({
    queryKey: ["rulecontext", provider, dc],
    queryFn: async () => toRuleContext(await api.ruleContext(provider, dc)),
    enabled: base !== undefined,
  });
  const { mutate, error, isPending } = useMutation({
    mutationFn: async () => {
      const patch = base && choices && patchOf(base.object, choices);
      if (patch) await api.updateCluster(project, id, patch, { etag: base.etag });
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: clusterKey(project, id) });
      close();
    },
    onError: async (refused) => {
      if (!isStale(refused) || !base || !choices) return;
      const newer = await api.taggedCluster(project, id);
      const before = choicesOf(base.object);
      setTheirs(differing(before, choicesOf(newer.object)));
      setChoices(onTopOf(newer.object, { before, choices }));
      setBase(newer);
    },
  });
  const stale = isStale(error);
  return (
    <FormDialog
      id="edit-cluster"
      title={t("clusterPage.edit.title")}
      submit={t("clusterPage.save")}
      onSubmit={mutate}
      close={close}
      error={stale ? undefined : (error ?? loadError ?? rulesError)}
      isPending={isPending}
      isDisabled={!base || !choices || !rules || patchOf(base.object, choices) === undefined}
      isLarge
    >
      {stale && <Conflict theirs={theirs.map((field) => t(`clusterPage.edit.fields.${field}`))} />}
      {base && choices && rules ? (
        <EditFields
          cluster={base.object}
          choices={choices}
          choose={(more) => setChoices({ ...choices, ...more })}
          rules={rules}
        />
      ) : (
        !loadError && !rulesError && <Spinner aria-label={t("common.loading")} />
      )}
    </FormDialog>
  );
}
