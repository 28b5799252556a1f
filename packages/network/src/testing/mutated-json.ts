import fc from "fast-check";

/** Values that have broken programs before, among those that a network has. */
const notorious: readonly unknown[] = [
  null,
  "",
  " ",
  0,
  -1,
  1.5,
  1e21,
  2 ** 31,
  true,
  false,
  [],
  {},
  [null],
  "canal",
  "cilium",
  "none",
  "v3.24",
  "v3.31",
  "1.13.8",
  "1.19.4",
  "ipvs",
  "iptables",
  "nftables",
  "ebpf",
  "IPv4",
  "IPv4+IPv6",
  "NodePort",
  "Tunneling",
  "LoadBalancer",
  "10.0.0.0/8",
  "0.0.0.0/0",
  "010.0.0.0/8",
  "10.0.0.1/33",
  "fd00::/48",
  "::ffff:10.0.0.0/104",
  "1.36.3",
  "1.35.4",
  "9".repeat(400),
  "\u0000",
  "\ud800",
  "é".normalize("NFD"),
  "__proto__",
  "constructor",
];

const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...notorious) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

interface Mutation {
  /** Chooses one of the places that there are. */
  place: number;
  kind: "replace" | "remove" | "add";
  key: string;
  value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom("replace", "replace", "remove", "add"),
  key: fc.oneof(fc.constantFrom("__proto__", "constructor", "toString", "dc", "version", "x"), fc.string()),
  value,
});

/** JSON that is like `base` but for some places, or like nothing at all. */
export function mutatedJson(base: object): fc.Arbitrary<unknown> {
  const mutated = fc.array(mutation, { minLength: 1, maxLength: 4 }).map((mutations) => {
    const document = structuredClone(base);
    for (const one of mutations) mutate(document, one);
    return document as unknown;
  });
  return fc.oneof({ weight: 19, arbitrary: mutated }, { weight: 1, arbitrary: fc.jsonValue() });
}

/** How many different mutations {@link variants} draws from. */
const POOL = 20_000;

/** As {@link mutatedJson}, but very many in little time: each from one to four mutations out of a pool. Deterministic. */
export function* variants(base: object, { count, seed }: { count: number; seed: number }): Generator<unknown> {
  const text = JSON.stringify(base);
  const pool = fc.sample(mutation, { numRuns: Math.min(count, POOL), seed });
  const unlike = fc.sample(fc.jsonValue(), { numRuns: Math.ceil(Math.min(count, POOL) / 20), seed });
  for (let index = 0; index < count; index++) {
    if (index % 20 === 0) {
      yield unlike[(index / 20) % unlike.length];
      continue;
    }
    const document = JSON.parse(text) as object;
    for (let nth = 0; nth <= index % 4; nth++) {
      const one = pool[(index * (2 * nth + 1) + nth * STRIDE) % pool.length];
      if (one) mutate(document, one);
    }
    yield document;
  }
}

/** Prime to the size of the pool, so that mutations meet in ever new company. */
const STRIDE = 7919;

function mutate(document: object, { place, kind, key, value: chosenValue }: Mutation): void {
  // A later mutation may change it.
  const value = typeof chosenValue === "object" ? structuredClone(chosenValue) : chosenValue;
  const places = placesOf(document);
  const chosen = places[place % places.length];
  if (!chosen) return;
  const { parent, name } = chosen;
  if (Array.isArray(parent)) {
    // A list has no other fields than its entries, and no holes.
    if (kind === "add") parent.push(value);
    else parent.splice(Number(name), 1, ...(kind === "remove" ? [] : [value]));
  } else if (kind === "remove") delete parent[name];
  else if (kind === "add") define(parent, key, value);
  else define(parent, name, value);
}

type Parent = Record<string, unknown>;

function placesOf(document: object): { parent: Parent; name: string }[] {
  const places: { parent: Parent; name: string }[] = [];
  const pending: object[] = [document];
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    for (const name of Object.keys(parent)) {
      places.push({ parent: parent as Parent, name });
      const child = (parent as Parent)[name];
      if (typeof child === "object" && child !== null) pending.push(child);
    }
  }
  return places;
}

/** Also a field named `__proto__` is but a field. */
function define(parent: Parent, name: string, value: unknown): void {
  Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
}
