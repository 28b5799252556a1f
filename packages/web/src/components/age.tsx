import i18next from "i18next";

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** How long ago: "3 minutes ago", with the exact time at hand. Plain, since lists have one in each row. */
export function Age({ since }: { since: string }) {
  return (
    <time dateTime={since} title={new Date(since).toLocaleString(i18next.language)}>
      {ago(since)}
    </time>
  );
}

function ago(since: string, now: number = Date.now()): string {
  const seconds = Math.round((now - Date.parse(since)) / 1000);
  const format = new Intl.RelativeTimeFormat(i18next.language, { numeric: "auto" });
  for (const [unit, length] of units) {
    if (seconds >= length) return format.format(-Math.floor(seconds / length), unit);
  }
  return format.format(-Math.max(seconds, 0), "second");
}
