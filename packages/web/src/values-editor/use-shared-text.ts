import { useState } from "react";
import { useGuardedEdit } from "../components/use-guarded-edit.ts";
import { onTopOf } from "./on-top-of.ts";

interface SharedText<T, R> {
  /** As it was when the dialog was opened. */
  opened: T;
  /** Reads it anew. */
  read: () => Promise<T>;
  textOf: (base: T) => string;
  /** @throws ApiError 412 if it is no longer as `base` */
  save: (text: string, base: T) => Promise<R>;
  /** Of what is edited beside the text: takes over what is new, and names it. */
  onNewer?: (newer: T, base: T) => readonly string[];
  onSaved: (saved: R) => unknown;
}

/** See {@link useGuardedEdit}; what others have changed meanwhile is put into the text. */
export function useSharedText<T, R>({ opened, read, textOf, save, onNewer, onSaved }: SharedText<T, R>) {
  const [text, setText] = useState(() => textOf(opened));
  const { reset, ...edit } = useGuardedEdit<T, R>({
    opened,
    read,
    save: (base) => save(text, base),
    onNewer: (newer, base) => {
      const merged = onTopOf(textOf(newer), { before: textOf(base), mine: text });
      setText(merged.text);
      return [...(onNewer?.(newer, base) ?? []), ...merged.theirs];
    },
    onSaved,
  });
  return {
    ...edit,
    text,
    onChange: (next: string) => {
      setText(next);
      reset();
    },
  };
}
