/**
 * Remembers the results of a pure function of one string. The memory is bounded: when it is full it starts anew, which
 * costs one recomputation a key and needs no bookkeeping on the way.
 */
export function memoize<T>(compute: (text: string) => T, limit = 4096): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const result = compute(text);
    if (known.size >= limit) known.clear();
    known.set(text, result);
    return result;
  };
}
