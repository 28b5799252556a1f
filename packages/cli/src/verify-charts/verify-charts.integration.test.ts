import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { resolveBinary } from "@fairlead/components";
import { HelmRunner, packageCharts } from "@fairlead/helm";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageCache, shippedCharts } from "../start/charts.ts";
import { verifyCharts } from "./verify-charts.ts";

let directory: string;

/** Fairlead's stand-in in its newest version, as the official packages would lie there. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-packages-"));
  const options = {
    helmBinary: await resolveBinary("helm"),
    cacheDirectory: directory,
    logger: pino({ level: "silent" }),
  };
  const runner = new HelmRunner(options);
  const packages = await packageCharts({ runner, chartsDirectory: shippedCharts, cacheDirectory: packageCache() });
  const newest = packages.find(({ name, version }) => name === "cilium" && version === "1.19.4");
  if (newest) await copyFile(newest.path, join(directory, basename(newest.path)));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("the steps of one chart pass, and are counted", async () => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  await verifyCharts({ directory, write, signal: new AbortController().signal });
  expect(
    lines
      .filter((line) => line.startsWith("ok "))
      .map((line) => line.replaceAll(/ +/g, " ").split(" ").slice(1, -1).join(" ")),
  ).toEqual([
    "install 1.19.4 (iptables, IPv4)",
    "proxy mode 1.19.4 iptables -> ebpf",
    "proxy mode 1.19.4 ebpf -> iptables",
    "Hubble 1.19.4 off",
    "Hubble 1.19.4 on",
  ]);
  expect(lines.at(-1)).toMatch(/^verify:charts: 5 passed, 0 failed, 0 not run \(1 charts, \d+ s\)$/);
});

test("interrupted, it counts what was done so far", async () => {
  const lines: string[] = [];
  const interruption = new AbortController();
  const running = verifyCharts({
    directory,
    write: (line) => {
      lines.push(line);
      interruption.abort(new Error("interrupted"));
    },
    signal: interruption.signal,
  });
  await expect(running).rejects.toThrow("interrupted");
  expect(lines.at(-1)).toMatch(/0 passed, 0 failed, 5 not run .*interrupted/);
});

test("a folder without such packages is told", async () => {
  const write = () => undefined;
  const verified = verifyCharts({ directory: shippedCharts, write, signal: new AbortController().signal });
  await expect(verified).rejects.toThrow("expected cilium-<version>.tgz with one of 1.13.0, 1.13.8");
});
