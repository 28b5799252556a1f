import type { Logger } from "pino";
import type { Request } from "./request.ts";

/**
 * Brings the world to what is asked for. Level-based: it learns only that something about the request may have
 * changed, so it reads what is, compares with what should be, and may be called again at any time. Never runs twice
 * at once for the same request.
 */
export interface Reconciler {
  /** A thrown error is retried with exponential backoff, unless it is a `TerminalError`. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a reconciler that never asks for a requeue returns nothing
  reconcile(request: Request, context: ReconcileContext): Promise<Result | void>;
}

export interface ReconcileContext {
  /** Aborted when the controller stops. */
  signal: AbortSignal;
  /** Carries controller, request and reconcileId. */
  logger: Logger;
  reconcileId: string;
}

export interface Result {
  /** Reconcile again after this time even if nothing changes. */
  requeueAfterMs?: number;
}

/** Trying again cannot help until the object changes: logged and counted, not retried. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}
