type Labels = Readonly<Record<string, string>>;

/** Labels that take a rule away at one's own risk begin so, those of later versions included. */
const unsafePrefix = "unsafe-";

/** The `unsafe-*` labels that a write adds. Taking one away is safe, and its value means nothing. */
export function addedUnsafeLabels(labels: Labels = {}, before: Labels = {}): string[] {
  return Object.keys(labels).filter((name) => name.startsWith(unsafePrefix) && !Object.hasOwn(before, name));
}
