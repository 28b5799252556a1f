import { Spinner } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type DialogFrame, FormDialog } from "./form-dialog.tsx";

interface EditLoaderProps<T> extends DialogFrame {
  /** What is read, in the cache of queries; nobody else's. */
  queryKey: readonly unknown[];
  read: () => Promise<T>;
  /** The form. */
  children: (opened: T) => ReactNode;
}

/** A dialog that reads what it edits as it opens, once: it stays as somebody opened it. */
export function EditLoader<T>({ queryKey, read, children, ...dialog }: EditLoaderProps<T>) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["edit", ...queryKey],
    queryFn: read,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (data !== undefined) return children(data);
  return (
    <FormDialog {...dialog} onSubmit={() => undefined} isDisabled error={error}>
      {!error && <Spinner aria-label={t("common.loading")} />}
    </FormDialog>
  );
}
