import fc from "fast-check";
import { isObject } from "../http/json-body.ts";

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

function mutate(document: object, { place, kind, key, value }: Mutation): void {
  const places = placesOf(document);
  const chosen = places[place % places.length];
  if (!chosen) return;
  const { parent, name } = chosen;
  if (kind === "remove") delete parent[name];
  else if (kind === "add") define(parent, key, value);
  else define(parent, name, value);
}

type Parent = Record<string, unknown>;

function placesOf(parent: object): { parent: Parent; name: string }[] {
  return Object.entries(parent).flatMap(([name, child]) => [
    { parent: parent as Parent, name },
    ...(isObject(child) || Array.isArray(child) ? placesOf(child) : []),
  ]);
}

/** Also a field named `__proto__` is but a field. */
function define(parent: Parent, name: string, value: unknown): void {
  Object.defineProperty(parent, name, { value, enumerable: true, configurable: true, writable: true });
}
