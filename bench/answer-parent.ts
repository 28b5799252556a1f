import { inspect } from "node:util";

/**
 * Answers what a parent asks over IPC (see `fleet/child.ts`); ends with it.
 * @param end ends what this process has started
 */
export function answerParent<Ask extends object>(
  answer: (question: Ask) => Promise<unknown>,
  end: () => Promise<void> = async () => undefined,
): void {
  // A terminal tells all processes; it is the parent that ends them, in order.
  for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => undefined);
  // A parent that is gone does not wait for an answer.
  const send = (message: object) => process.connected && process.send?.(message, () => undefined);
  process.on("message", ({ id, ...question }: Ask & { id: number }) => {
    answer(question as unknown as Ask).then(
      (given) => send({ id, answer: given }),
      (error: unknown) => send({ id, error: inspect(error) }),
    );
  });
  process.on("disconnect", () => {
    void end().finally(() => process.exit());
  });
}
