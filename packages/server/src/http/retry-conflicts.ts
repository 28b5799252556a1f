import { isConflict } from "@fairlead/kube";
import { conflict } from "./api-error.ts";

/** As kube-apiserver does with a merge patch that names no resourceVersion. */
const attempts = 5;

/**
 * Runs `change`, which reads an object, changes it and writes it back. If somebody else has written meanwhile, it is run
 * again on what is there now; so no write is lost, neither theirs nor ours.
 * @throws ApiError 409 if every attempt loses
 */
export async function retryConflicts<T>(what: string, change: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await change();
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (attempt === attempts) {
        throw conflict(
          `${what} was changed by others at the same time, again and again: nothing of this request was stored, send it again`,
        );
      }
    }
  }
}
