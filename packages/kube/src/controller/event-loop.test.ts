import { expect, test } from "vitest";
import { takeBreath } from "./event-loop.ts";

/** As long as that nothing but this runs. */
function keepBusy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test("work that waits for nothing lets timers have their turn", async () => {
  let late: number | undefined;
  const since = performance.now();
  setTimeout(() => {
    late = performance.now() - since;
  }, 1);
  const work = async () => {
    for (let done = 0; done < 40 && late === undefined; done++) {
      await takeBreath();
      keepBusy(1);
    }
  };
  await Promise.all([work(), work(), work()]);
  expect(late).toBeDefined();
});

test("work that has just begun goes on at once", async () => {
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  await takeBreath();
  await takeBreath();
  expect(turned).toBe(false);
});
