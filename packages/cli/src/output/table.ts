import stringWidth from "string-width";
import { printable } from "./printable.ts";

export type Tone = "good" | "bad" | "pending";

export interface Column<Row> {
  title: string;
  value: (row: Row) => string;
  /** How the value is to be understood; shown in colour. */
  tone?: (row: Row) => Tone | undefined;
}

export type Paint = (text: string, tone: Tone) => string;

const gap = "  ";

/** Aligned columns under their titles, as kubectl prints them; the last column has no trailing blanks. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], paint: Paint): string {
  const cells = rows.map((row) => columns.map(({ value }) => printable(value(row)) || "-"));
  const widths = columns.map(({ title }, at) =>
    Math.max(stringWidth(title), ...cells.map((line) => stringWidth(line[at] ?? ""))),
  );
  const pad = (text: string, at: number) =>
    at === columns.length - 1 ? "" : " ".repeat((widths[at] ?? 0) - stringWidth(text));
  const header = columns.map(({ title }, at) => title + pad(title, at));
  const body = rows.map((row, line) =>
    columns.map(({ tone }, at) => {
      const text = cells[line]?.[at] ?? "";
      const meaning = tone?.(row);
      return (meaning ? paint(text, meaning) : text) + pad(text, at);
    }),
  );
  return [header, ...body].map((line) => `${line.join(gap)}\n`).join("");
}
