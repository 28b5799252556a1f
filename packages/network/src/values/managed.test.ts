import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leafPointers, mergeValues, pointerOf, tokensOf } from "./document.ts";
import { enforceManagedValues } from "./managed.ts";

describe("leafPointers", () => {
  test("names every leaf, escapes tokens, treats lists and empty maps as leaves", () => {
    expect(leafPointers({ b: { "x/y": 1, "m~n": [1, 2] }, a: {}, c: null })).toEqual([
      "/a",
      "/b/m~0n",
      "/b/x~1y",
      "/c",
    ]);
  });
  test("pointers and tokens are each other's inverse", () => {
    const tokens = ["a/b", "m~n", "~1", ""];
    expect(tokensOf(pointerOf(tokens))).toEqual(tokens);
  });
  test("an empty document has none", () => {
    expect(leafPointers({})).toEqual([]);
  });
});

describe("enforceManagedValues", () => {
  test("managed wins over what the user wrote, the rest of the map stays", () => {
    expect(
      enforceManagedValues({ cni: { exclusive: true, logFile: "/x" } }, { cni: { exclusive: false } }, []),
    ).toEqual({
      cni: { exclusive: false, logFile: "/x" },
    });
  });

  test("false, zero and the empty string are values too", () => {
    expect(enforceManagedValues({ a: true, b: 5, c: "x" }, { a: false, b: 0, c: "" }, [])).toEqual({
      a: false,
      b: 0,
      c: "",
    });
  });

  test("a key that is no longer managed goes, with the maps that it leaves empty", () => {
    const before = { k8sServiceHost: "h", nodePort: { range: "1,2" }, operator: { replicas: 1 } };
    expect(enforceManagedValues(before, {}, ["/k8sServiceHost", "/nodePort/range"])).toEqual({
      operator: { replicas: 1 },
    });
  });

  test("a map keeps what the user put beside a key that goes", () => {
    expect(enforceManagedValues({ nodePort: { range: "1,2", mode: "snat" } }, {}, ["/nodePort/range"])).toEqual({
      nodePort: { mode: "snat" },
    });
  });

  test("of a list that is shared with the user only Fairlead's entry goes", () => {
    const list = (text: string) => ({ extraConfig: { "exclude-local-address": text } });
    const pointers = ["/extraConfig/exclude-local-address"];
    expect(enforceManagedValues(list("10.0.0.1/32 169.254.20.10/32"), {}, pointers)).toEqual(list("10.0.0.1/32"));
    expect(enforceManagedValues(list("169.254.20.10/32"), {}, pointers)).toEqual({});
  });

  test("a pointer that leads nowhere is ignored", () => {
    expect(enforceManagedValues({ a: "text" }, {}, ["/a/b", "/c/d"])).toEqual({ a: "text" });
  });

  test("the input is not changed", () => {
    const current = { a: { b: 1 } };
    enforceManagedValues(current, { a: { b: 2 } }, ["/a/c"]);
    expect(current).toEqual({ a: { b: 1 } });
  });

  test("it is idempotent, and managing then releasing keys gives back an unrelated document", () => {
    const key = fc.constantFrom("a", "b", "c/d", "e~f");
    const values = fc.letrec<{ map: Record<string, unknown>; node: unknown }>((tie) => ({
      node: fc.oneof({ maxDepth: 2 }, fc.integer(), fc.boolean(), fc.array(fc.integer()), tie("map")),
      map: fc.dictionary(key, tie("node")),
    })).map;
    fc.assert(
      fc.property(values, values, (user, managed) => {
        const pointers = leafPointers(managed);
        const once = enforceManagedValues(user, managed, []);
        expect(enforceManagedValues(once, managed, pointers)).toEqual(once);
        const released = enforceManagedValues(mergeValues({ mine: 1 }, managed), {}, pointers);
        expect(released).toEqual({ mine: 1 });
      }),
    );
  });
});
