import { type HelmValues, helmValues, isBlank, ValuesBlockError, type ValuesFields } from "@fairlead/resources";
import { type FieldProblem, problem } from "../field-problem.ts";
import { referenceProblems } from "./cluster-references.ts";

/** The names of the two fields, of which an object may have one. */
interface FieldNames {
  readonly values: "values" | "defaultValues";
  readonly block: "valuesBlock" | "defaultValuesBlock";
}

/** What is wrong with Helm values, of which the shape may be anything yet. */
export function valuesProblems({ values, valuesBlock }: ValuesFields, names: FieldNames): FieldProblem[] {
  const code = "helm-values";
  const block = `spec.${names.block}`;
  if (valuesBlock !== undefined && typeof valuesBlock !== "string") return []; // The schema says what is accepted.
  if (!isBlank(valuesBlock) && isFilled(values)) {
    return [problem("forbidden", block, { message: `expected either ${names.values} or ${names.block}`, code })];
  }
  try {
    return referenceProblems(helmValues({ values, valuesBlock })).map((found) =>
      isBlank(valuesBlock)
        ? { ...found, field: found.field.replace("spec.values", `spec.${names.values}`) }
        : inBlock(found, block),
    );
  } catch (error) {
    if (!(error instanceof ValuesBlockError)) throw error;
    return [problem("invalid", block, { value: firstLine(valuesBlock), message: error.message, code })];
  }
}

/** The values if they can be read; what is wrong with them is said elsewhere. */
export function readableValues(fields: ValuesFields): HelmValues | undefined {
  try {
    const values: unknown = helmValues(fields);
    return typeof values === "object" && values !== null && !Array.isArray(values) ? (values as HelmValues) : undefined;
  } catch {
    return undefined;
  }
}

function isFilled(values: unknown): boolean {
  return typeof values === "object" && values !== null && Object.keys(values).length > 0;
}

function inBlock(found: FieldProblem, block: string): FieldProblem {
  return { ...found, field: block, message: `${found.field.slice("spec.values.".length)}: ${found.message}` };
}

function firstLine(text = ""): string {
  return text.trim().split("\n")[0] ?? "";
}
