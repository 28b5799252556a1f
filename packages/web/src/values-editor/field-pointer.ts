import { pointerOf } from "@fairlead/network/rules";

/** A field of an error as JSON pointer: `spec.pods.cidrBlocks[0]` -> `/spec/pods/cidrBlocks/0`, `annotations["a/b"]` -> `/annotations/a~1b`. */
export function fieldPointer(field: string): string {
  const tokens = field.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g);
  return pointerOf(Array.from(tokens, ([, quoted, index, name]) => quoted ?? index ?? name ?? ""));
}
