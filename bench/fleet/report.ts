import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

/** One line of the table. `limit`: the most that the goal allows; absent: for information. */
export interface Figure {
  what: string;
  value: number;
  unit: string;
  limit?: number;
  /** Named: what the value is divided by. */
  reference?: { what: string; value: number };
}

export class Report {
  readonly #figures: Figure[] = [];

  add(...figures: Figure[]): void {
    for (const figure of figures) {
      this.#figures.push(figure);
      console.log(format(figure));
    }
  }

  get missed(): string[] {
    return this.#figures.flatMap(({ what, value, limit }) => (limit !== undefined && value > limit ? [what] : []));
  }
}

function format({ what, value, unit, limit, reference }: Figure): string {
  const goal = limit === undefined ? "" : `   goal <= ${digits(limit)} ${unit}${value > limit ? "  MISSED" : ""}`;
  const ratio = reference
    ? `   ${(value / reference.value).toFixed(2)} x ${reference.what} (${digits(reference.value)})`
    : "";
  return `${what.padEnd(52)} ${digits(value).padStart(11)} ${unit.padEnd(8)}${ratio}${goal}`;
}

function digits(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toFixed(2);
}

/** What the figures were measured on, and what else it had to do. */
export async function describeMachine(): Promise<string> {
  const [cpu] = cpus();
  const pressure = await readFile("/proc/pressure/cpu", "utf8").catch(() => "");
  const waiting = /^some avg10=\S+ avg60=(\S+)/m.exec(pressure)?.[1];
  const load = loadavg().map((value) => value.toFixed(1));
  const busy = waiting === undefined ? "" : `, ${waiting} % of the last minute something waited for a CPU`;
  return `${cpu?.model ?? "unknown CPU"}, ${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; Node.js ${process.version}; load ${load.join(" ")}${busy}`;
}
