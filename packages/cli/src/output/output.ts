import { styleText } from "node:util";
import type { Column, Paint } from "./table.ts";

export const outputFormats = ["table", "json", "yaml"] as const;
export type OutputFormat = (typeof outputFormats)[number];

export interface OutputOptions {
  format: OutputFormat;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
}

/** Results go to standard output, in the form that was asked for; everything else goes to standard error. */
export class Output {
  readonly format: OutputFormat;
  readonly stderr: NodeJS.WriteStream;
  readonly #stdout: NodeJS.WriteStream;
  readonly #env: NodeJS.ProcessEnv;

  constructor({ format, stdout, stderr, env }: OutputOptions) {
    this.format = format;
    this.stderr = stderr;
    this.#stdout = stdout;
    this.#env = env;
  }

  /** `value` for machines, exactly as the API gave it; `forPeople` for a table. */
  async result(value: unknown, forPeople: () => string | Promise<string>): Promise<void> {
    switch (this.format) {
      case "json":
        this.write(`${JSON.stringify(value, null, 2)}\n`);
        return;
      case "yaml": {
        const { stringify } = await import("yaml");
        this.write(stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }));
        return;
      }
      case "table":
        this.write(await forPeople());
    }
  }

  async table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Promise<string> {
    const { renderTable } = await import("./table.ts");
    return renderTable(columns, rows, this.#paint);
  }

  write(text: string): void {
    this.#stdout.write(text);
  }

  /** A line that is no result: progress, a hint, a warning. */
  note(line: string): void {
    this.stderr.write(`${line}\n`);
  }

  readonly #paint: Paint = (text, tone) => {
    if (!this.#stdout.isTTY || this.#env.NO_COLOR) return text;
    switch (tone) {
      case "good":
        return styleText("green", text, { validateStream: false });
      case "bad":
        return styleText("red", text, { validateStream: false });
      case "pending":
        return styleText("yellow", text, { validateStream: false });
    }
  };
}
