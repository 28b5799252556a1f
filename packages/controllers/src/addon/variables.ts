import { mergeValues } from "@fairlead/network";

/**
 * The variables of an Addon as its chart's values. A name with dots leads to a value inside, as with `helm --set`: forms of
 * KKP's kind know flat names only.
 * @example
 * chartValues({ "multus.logLevel": "debug" }) // { multus: { logLevel: "debug" } }
 */
export function chartValues(variables: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.entries(variables).reduce<Record<string, unknown>>((values, [name, value]) => {
    const nested = name.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    return mergeValues(values, nested as Record<string, unknown>);
  }, {});
}
