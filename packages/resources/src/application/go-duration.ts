const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/gy;

/** Milliseconds of a Go duration such as `1h0m0s`, `90s` or `0`; undefined for any other text. */
export function goDurationMs(text: string): number | undefined {
  if (text === "0") return 0;
  let total = 0;
  part.lastIndex = 0;
  let position = 0;
  for (let match = part.exec(text); match; match = part.exec(text)) {
    total += Number(match[1]) * (units[match[2] ?? ""] ?? Number.NaN);
    position = part.lastIndex;
  }
  return position === text.length && position > 0 ? total : undefined;
}
