/** Answers what a parent asks over IPC (see `fleet/child.ts`); ends with it. */
export function answerParent<Ask extends object>(answer: (question: Ask) => Promise<unknown>): void {
  process.on("message", ({ id, ...question }: Ask & { id: number }) => {
    answer(question as unknown as Ask).then(
      (given) => process.send?.({ id, answer: given }),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.on("disconnect", () => process.exit());
}
