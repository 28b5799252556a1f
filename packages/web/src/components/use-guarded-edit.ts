import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { isStale } from "./conflict.tsx";

interface GuardedEdit<T, R> {
  /** As it was when the dialog was opened. */
  opened: T;
  /** Reads it anew. */
  read: () => Promise<T>;
  /** @throws ApiError 412 if it is no longer as `base` */
  save: (base: T) => Promise<R>;
  /** Takes over what others have made of it, and names what they have changed. */
  onNewer: (newer: T, base: T) => readonly string[];
  onSaved: (saved: R) => unknown;
}

/** Saves what is edited while others may change what it was made from: that is read anew and named, never written over unseen. */
export function useGuardedEdit<T, R>({ opened, read, save, onNewer, onSaved }: GuardedEdit<T, R>) {
  const [base, setBase] = useState(opened);
  const [theirs, setTheirs] = useState<readonly string[]>();
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: async () => {
      setTheirs(undefined);
      try {
        return await save(base);
      } catch (refused) {
        if (!isStale(refused)) throw refused;
        const newer = await read();
        setTheirs(onNewer(newer, base));
        setBase(newer);
        throw refused;
      }
    },
    onSuccess: onSaved,
  });
  return {
    base,
    /** What others have changed, while the user has yet to look it over. */
    theirs,
    save: mutate,
    error: isStale(error) ? undefined : error,
    isPending,
    reset,
  };
}
