const units = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
] as const;

/** A duration in its largest unit: `45s`, `12m`, `5h`, `3d`. */
export function shortDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? ["s", 1];
  return `${Math.floor(seconds / length)}${unit}`;
}

/** How long ago `timestamp` (RFC 3339) was; a dash for KKP's zero time and what is no time. */
export function age(timestamp: string | undefined, now: Date): string {
  const time = Date.parse(timestamp ?? "");
  return Number.isNaN(time) || time < 0 ? "-" : shortDuration(now.getTime() - time);
}
