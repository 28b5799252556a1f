/** An add-on's variables, as its form reads and writes them. Pure. */

type Variables = Readonly<Record<string, unknown>>;

/** `multus.logLevel` stands under that name, or as `logLevel` inside of `multus`. */
export function readVariable(variables: Variables, name: string): unknown {
  if (Object.hasOwn(variables, name)) return variables[name];
  return name
    .split(".")
    .reduce<unknown>(
      (inside, part) =>
        typeof inside === "object" && inside !== null && Object.hasOwn(inside, part)
          ? (inside as Variables)[part]
          : undefined,
      variables,
    );
}

/** Those that were there, with what was chosen instead; an empty text takes a variable away. */
export function writeVariables(before: Variables, chosen: Variables): Record<string, unknown> {
  return Object.entries(chosen).reduce<Record<string, unknown>>(
    (variables, [name, value]) => {
      const others = without(variables, name.split("."));
      return value === "" ? others : { ...others, [name]: value };
    },
    { ...before },
  );
}

function without(variables: Variables, [first = "", ...rest]: string[]): Record<string, unknown> {
  const dotted = [first, ...rest].join(".");
  const { [dotted]: _, ...others } = variables;
  const inside = others[first];
  if (rest.length === 0 || typeof inside !== "object" || inside === null) return others;
  const left = without(inside as Variables, rest);
  if (Object.keys(left).length > 0) return { ...others, [first]: left };
  const { [first]: __, ...remaining } = others;
  return remaining;
}
