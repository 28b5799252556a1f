export const shells = ["bash", "fish"] as const;
export type Shell = (typeof shells)[number];

/** `text` as one word that the shell takes literally. Bash's form is that of every POSIX shell. */
export function quote(text: string, shell: Shell): string {
  switch (shell) {
    case "bash":
      return `'${text.replaceAll("'", String.raw`'\''`)}'`;
    case "fish":
      return `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`;
  }
}

/** Sets variables for the session's programs; `path` is put before what is in PATH. One statement a line. */
export function exportStatements(variables: Record<string, string>, path: string, shell: Shell): string[] {
  const entries = Object.entries(variables).map(([name, value]) => [name, quote(value, shell)] as const);
  switch (shell) {
    case "bash":
      return [
        ...entries.map(([name, value]) => `export ${name}=${value}`),
        `export PATH=${quote(path, shell)}:"$PATH"`,
      ];
    case "fish":
      return [
        ...entries.map(([name, value]) => `set -gx ${name} ${value}`),
        `set -gx PATH ${quote(path, shell)} $PATH`,
      ];
  }
}
