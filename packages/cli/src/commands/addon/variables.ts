import { usageError } from "../../command-error.ts";

/**
 * The variables that `--set name=value` asks for. Values are read as YAML reads the simple ones: true, false, null and
 * numbers are what they look like, everything else is text.
 * @throws CommandError for what has no name
 */
export function parseVariables(settings: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    settings.map((setting) => {
      const [, name, value = ""] = /^([^=\s]+)=(.*)$/s.exec(setting) ?? [];
      if (!name) throw usageError(`--set ${setting}: expected variable=value, for example multus.logLevel=debug`);
      return [name, readValue(value)];
    }),
  );
}

function readValue(text: string): unknown {
  if (/^(true|false|null|-?\d+(\.\d+)?)$/.test(text)) return JSON.parse(text);
  return text;
}
