import { Listr, ListrLogger, ProcessOutput } from "listr2";
import { describeProgress } from "./describe-progress.ts";
import type { BinaryProgress, OnProgress } from "./progress.ts";

const plainIntervalMs = 10_000;

export interface ProgressDisplay {
  onProgress: OnProgress;
  /** Call when all is over, well or not: leaves the terminal in order. */
  finish(): Promise<void>;
}

export interface ProgressDisplayOptions {
  /** Default: standard error, so that standard output stays for results. */
  stream?: NodeJS.WriteStream;
  /** A live display instead of plain lines. Default: on a terminal outside CI. */
  interactive?: boolean;
}

/**
 * For one call of `ensureBinaries` or `resolveBinary`. Shows what is being downloaded or compiled and how far it is. Shows nothing at all for binaries that are there.
 * @example
 * const display = renderProgress();
 * await ensureBinaries(["etcd"], display).finally(display.finish);
 */
export function renderProgress(options: ProgressDisplayOptions = {}): ProgressDisplay {
  const stream = options.stream ?? process.stderr;
  const interactive = options.interactive ?? (stream.isTTY === true && process.env.CI === undefined);
  return interactive ? liveDisplay(stream) : plainDisplay((line) => stream.write(`${line}\n`));
}

/** For each binary that is not there: one line at once, then at most one each ten seconds, and one when it is ready. */
export function plainDisplay(write: (line: string) => void, now: () => number = Date.now): ProgressDisplay {
  const shown = new Map<string, number>();
  return {
    onProgress(progress) {
      const key = keyOf(progress);
      const last = shown.get(key);
      // Finding a binary where it belongs is no news, unless it had to be made first.
      if (progress.phase === "checking" || (progress.phase === "ready" && !last)) return;
      const recent = last !== undefined && now() - last < plainIntervalMs;
      if (recent && progress.phase !== "ready") return;
      shown.set(key, now());
      write(`${key}: ${describeProgress(progress)}`);
    },
    finish: async () => undefined,
  };
}

/** A list with one row for each binary that was checked and not found; drawn as soon as work on one of them begins. */
function liveDisplay(stream: NodeJS.WriteStream): ProgressDisplay {
  const rows = new Map<string, Row>();
  let drawn: Promise<unknown> | undefined;
  return {
    onProgress(progress) {
      const key = keyOf(progress);
      switch (progress.phase) {
        case "checking":
          if (!drawn) rows.set(key, new Row(key));
          return;
        case "ready":
          rows.get(key)?.end();
          if (!drawn) rows.delete(key);
          return;
        case "waiting":
        case "downloading":
        case "compiling":
        case "verifying":
          drawn ??= draw([...rows.values()], stream);
          rows.get(key)?.show(describeProgress(progress));
      }
    },
    async finish() {
      for (const row of rows.values()) row.end(new Error("not finished"));
      await drawn;
    },
  };
}

class Row {
  readonly #key: string;
  readonly #over = Promise.withResolvers<void>();
  #title: string;
  #task: { title: string | undefined } | undefined;

  constructor(key: string) {
    this.#key = key;
    this.#title = key;
    // Rows that are never drawn have nobody to tell.
    this.#over.promise.catch(() => undefined);
  }

  /** Runs as a Listr task: lasts until the binary is there. */
  run(task: { title: string | undefined }): Promise<void> {
    this.#task = task;
    task.title = this.#title;
    return this.#over.promise;
  }

  get title(): string {
    return this.#title;
  }

  show(text: string): void {
    this.#title = `${this.#key}: ${text}`;
    if (this.#task) this.#task.title = this.#title;
  }

  end(error?: Error): void {
    if (error) {
      this.#over.reject(error);
    } else {
      if (this.#task) this.#task.title = this.#key;
      this.#over.resolve();
    }
  }
}

async function draw(rows: readonly Row[], stream: NodeJS.WriteStream): Promise<void> {
  const list = new Listr(
    rows.map((row) => ({
      title: row.title,
      task: (_context: unknown, task: { title: string | undefined }) => row.run(task),
    })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: "default",
      fallbackRendererCondition: false,
      rendererOptions: {
        logger: new ListrLogger({ processOutput: new ProcessOutput(stream, stream, { leaveEmptyLine: false }) }),
      },
    },
  );
  await list.run();
}

function keyOf({ name, version }: BinaryProgress): string {
  return `${name} ${version}`;
}
