import { mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, isPortFree, resolveBinary, type Supervisor } from "@fairlead/components";
import { type AddonCharts, addonCharts } from "@fairlead/controllers";
import { ChartRenderer, HelmRunner, packageCharts, publishCharts, startRegistry } from "@fairlead/helm";
import type { Logger } from "pino";
import { CHART_REPOSITORY } from "./embedded-installation.ts";
import type { Layout } from "./layout.ts";

export interface Charts {
  /** `host:port` of the registry on loopback. */
  readonly registry: string;
  readonly runner: HelmRunner;
  readonly addons: AddonCharts;
  /** Pushes Fairlead's charts to the registry; what is there already is not pushed again. */
  publish(signal: AbortSignal): Promise<void>;
}

export interface ChartsOptions {
  layout: Layout;
  supervisor: Supervisor;
  logger: Logger;
  helmBinary: string;
  signal: AbortSignal;
}

/** `charts/` of this checkout. */
export const shippedCharts = fileURLToPath(new URL("../../../../charts", import.meta.url));

/** Packages Fairlead's own charts and starts the registry that serves them. */
export async function startCharts({ layout, supervisor, logger, helmBinary, signal }: ChartsOptions): Promise<Charts> {
  await mkdir(layout.registry, { recursive: true, mode: 0o700 });
  const runner = new HelmRunner({ helmBinary, cacheDirectory: layout.helm, logger });
  const [registry, packages] = await Promise.all([
    startRegistry({
      supervisor,
      binary: await resolveBinary("registry", { signal }),
      directory: layout.registry,
      port: await registryPort(layout.registry),
      logFile: join(layout.registry, "registry.log"),
      signal,
    }),
    packageCharts({ runner, chartsDirectory: shippedCharts, cacheDirectory: packageCache(), signal }),
  ]);
  return {
    registry: registry.host,
    runner,
    addons: addonCharts(packages, new ChartRenderer({ runner })),
    publish: async (publishSignal) => {
      const published = await publishCharts(packages, {
        runner,
        registry,
        repository: CHART_REPOSITORY,
        signal: publishSignal,
      });
      logger.info(
        { charts: published.length, pushed: published.filter((chart) => chart.pushed).length },
        "Published the charts",
      );
    },
  };
}

/** The port of the last start, if it is still free: installations name the registry by it. */
async function registryPort(directory: string): Promise<number> {
  const file = join(directory, "port");
  const recorded = Number(await readFile(file, "utf8").catch(() => ""));
  if (Number.isInteger(recorded) && recorded > 0 && (await isPortFree(recorded))) return recorded;
  const port = await freePort();
  await writeFile(file, `${port}\n`, { mode: 0o600 });
  return port;
}

/** Beside the binaries: packages depend on the charts' content only, so all data directories share them. */
export function packageCache(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "fairlead", "charts");
}
