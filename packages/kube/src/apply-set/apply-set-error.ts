import { describeObject, type KubeObject } from "../objects.ts";

export interface ApplySetFailure {
  object: KubeObject;
  action: "apply" | "prune";
  error: unknown;
}

/** Some objects failed; the others were applied. Nothing was pruned if one could not be applied. */
export class ApplySetError extends AggregateError {
  override readonly name = "ApplySetError";
  /** Private, since loggers print whatever is public of an error: the objects may be Secrets. */
  readonly #failures: readonly ApplySetFailure[];

  constructor(failures: readonly ApplySetFailure[]) {
    super(
      failures.map((failure) => failure.error),
      failures.map(describeFailure).join("; "),
    );
    this.#failures = failures;
  }

  get failures(): readonly ApplySetFailure[] {
    return this.#failures;
  }
}

function describeFailure({ object, action, error }: ApplySetFailure): string {
  const verb = action === "apply" ? "applying" : "pruning";
  return `${verb} ${describeObject(object)}: ${error instanceof Error ? error.message : String(error)}`;
}
