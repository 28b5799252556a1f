/**
 * Freezes parsed JSON: a write to a cached object throws instead of corrupting what others read. Without recursion: an
 * object may be nested as deep as its API server takes it.
 */
export function deepFreeze<T extends object>(value: T): T {
  const open: object[] = [value];
  for (let object = open.pop(); object; object = open.pop()) {
    Object.freeze(object);
    for (const child of Object.values(object)) {
      if (typeof child === "object" && child !== null) open.push(child as object);
    }
  }
  return value;
}
