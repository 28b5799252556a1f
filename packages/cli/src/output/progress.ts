import { shortDuration } from "./age.ts";

/** Shows what is waited for. */
export interface Progress {
  /** `changes`: one line each, of what is different since the last call; `summary`: where it stands. */
  report(changes: readonly string[], summary: string): void;
  /** Leaves the terminal in order. Call it however the wait ends. */
  stop(): void;
}

/** A spinner on a terminal, elsewhere a line when something changes. */
export async function startProgress(title: string, stream: NodeJS.WriteStream): Promise<Progress> {
  // Without a width the spinner cannot tell how many lines to clear, and never stops clearing.
  return stream.isTTY && stream.columns > 0 && !process.env.CI
    ? spinner(title, stream)
    : plainProgress(title, (line) => stream.write(`${line}\n`));
}

export function plainProgress(title: string, write: (line: string) => void, now: () => number = Date.now): Progress {
  const start = now();
  write(title);
  return {
    report(changes) {
      for (const change of changes) write(`  ${shortDuration(now() - start).padStart(4)}  ${change}`);
    },
    stop: () => undefined,
  };
}

async function spinner(title: string, stream: NodeJS.WriteStream): Promise<Progress> {
  const { default: ora } = await import("ora");
  // Ctrl-C must stay a signal: discarding standard input would turn it into a key.
  const live = ora({ text: title, stream, discardStdin: false, color: process.env.NO_COLOR ? false : "cyan" }).start();
  return {
    report(_changes, summary) {
      live.text = `${title}: ${summary}`;
    },
    stop() {
      live.stop();
    },
  };
}
