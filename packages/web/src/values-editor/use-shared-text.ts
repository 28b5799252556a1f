import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { isStale } from "../components/conflict.tsx";
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

/**
 * A text that is edited while others may change what it was made from. What they have changed meanwhile is put into the
 * text and named, never written over unseen.
 */
export function useSharedText<T, R>({ opened, read, textOf, save, onNewer, onSaved }: SharedText<T, R>) {
  const [base, setBase] = useState(opened);
  const [text, setText] = useState(() => textOf(opened));
  const [theirs, setTheirs] = useState<readonly string[]>();
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: async () => {
      setTheirs(undefined);
      try {
        return await save(text, base);
      } catch (refused) {
        if (!isStale(refused)) throw refused;
        const newer = await read();
        const merged = onTopOf(textOf(newer), { before: textOf(base), mine: text });
        setTheirs([...(onNewer?.(newer, base) ?? []), ...merged.theirs]);
        setText(merged.text);
        setBase(newer);
        throw refused;
      }
    },
    onSuccess: onSaved,
  });
  return {
    base,
    text,
    onChange: (next: string) => {
      setText(next);
      reset();
    },
    /** What others have changed, while the user has yet to look it over. */
    theirs,
    save: mutate,
    error: isStale(error) ? undefined : error,
    isPending,
  };
}
