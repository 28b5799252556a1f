export type BinaryPhase = "checking" | "waiting" | "downloading" | "compiling" | "verifying" | "ready";

/** One step on the way to a usable binary. Emitted in order for each binary; `ready` is the last one. */
export interface BinaryProgress {
  /** Component name, for example `kube-apiserver`. */
  name: string;
  /** Version without a leading `v`, for example `1.36.3`. */
  version: string;
  phase: BinaryPhase;
  /** Units finished in this phase: modules while a Go build downloads, Go packages while it compiles. */
  done?: number;
  /** Units this phase has in all, where that can be known. */
  total?: number;
  /** Since the phase began. */
  elapsedMs: number;
  /** Estimate for the rest of this phase, from the pace so far. */
  remainingMs?: number;
  /** For `waiting`: who is being waited for. For `ready`: where the binary is. */
  note?: string;
}

export type OnProgress = (progress: BinaryProgress) => void;
