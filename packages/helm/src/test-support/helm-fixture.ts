import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveBinary } from "@fairlead/components";
import { pino } from "pino";
import { writeChartFiles } from "../charts/chart-files.ts";
import { HelmRunner } from "../runner/helm-runner.ts";

/** A real helm with a temporary folder of its own. */
export class HelmFixture implements AsyncDisposable {
  readonly directory: string;
  readonly binary: string;
  readonly runner: HelmRunner;
  readonly logger = pino({ level: "silent" });

  private constructor(directory: string, binary: string) {
    this.directory = directory;
    this.binary = binary;
    this.runner = new HelmRunner({ helmBinary: binary, cacheDirectory: this.path("cache"), logger: this.logger });
  }

  static async create(): Promise<HelmFixture> {
    return new HelmFixture(await mkdtemp(join(tmpdir(), "fairlead-helm-")), await resolveBinary("helm"));
  }

  path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  /** Writes a chart folder and returns its path. `files`: path below the chart -> text. */
  async writeChart(name: string, version: string, files: Record<string, string>): Promise<string> {
    const directory = this.path("charts", `${name}-${version}`, name);
    const chart = { "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\n`, ...files };
    await writeChartFiles(new Map(Object.entries(chart).map(([path, text]) => [path, Buffer.from(text)])), directory);
    return directory;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
