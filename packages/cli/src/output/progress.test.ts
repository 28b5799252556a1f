import { expect, test } from "vitest";
import { plainProgress } from "./progress.ts";

test("plain progress writes a line for each change, and nothing while nothing changes", () => {
  const lines: string[] = [];
  let time = 1000;
  const progress = plainProgress(
    "Waiting",
    (line) => lines.push(line),
    () => time,
  );
  progress.report(["etcd: up"], "1/2 components up");
  time += 75_000;
  progress.report([], "1/2 components up");
  progress.report(["apiserver: up"], "2/2 components up");
  progress.stop();
  expect(lines).toEqual(["Waiting", "    0s  etcd: up", "    1m  apiserver: up"]);
});
