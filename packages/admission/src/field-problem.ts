import type { ApiFieldError } from "@fairlead/resources";

/** Something wrong with one field: what the network rules report, and what the other rules of admission do. */
export type FieldProblem = ApiFieldError;

/** Kubernetes' words for the causes of an invalid object (`field.ErrorType`). */
const causes: Readonly<Record<string, string>> = {
  FieldValueRequired: "Required value",
  FieldValueInvalid: "Invalid value",
  FieldValueNotSupported: "Unsupported value",
  FieldValueForbidden: "Forbidden",
  FieldValueTooMany: "Too many",
  FieldValueNotFound: "Not found",
  FieldValueDuplicate: "Duplicate value",
};

const causesWithoutValue = new Set(["FieldValueRequired", "FieldValueForbidden"]);
const longestValue = 200;

/** Without the field, in Kubernetes' form: `Invalid value: "y": must be …`. */
export function explainProblem({ reason, value, message }: FieldProblem): string {
  const cause = causes[reason] ?? reason;
  return value === undefined || causesWithoutValue.has(reason)
    ? `${cause}: ${message}`
    : `${cause}: ${shorten(JSON.stringify(value))}: ${message}`;
}

/** Each problem as `spec.x: Invalid value: "y": must be …`; equal ones once. */
export function describeProblems(problems: readonly FieldProblem[]): string[] {
  return [...new Set(problems.map((problem) => `${problem.field}: ${explainProblem(problem)}`))];
}

/** All problems in one line, as Kubernetes joins them: `a`, or `[a, b]`. */
export function summarizeProblems(problems: readonly FieldProblem[]): string {
  const texts = describeProblems(problems);
  return texts.length === 1 ? texts.join() : `[${texts.join(", ")}]`;
}

function shorten(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

/** A problem of the rules of admission; those of the network have codes in `@fairlead/network`. */
export function problem(
  reason: keyof typeof reasons,
  field: string,
  details: { message: string; code: string; value?: unknown },
): FieldProblem {
  const { message, code, value } = details;
  return { reason: reasons[reason], field, ...(value === undefined ? {} : { value }), message, code };
}

const reasons = {
  required: "FieldValueRequired",
  invalid: "FieldValueInvalid",
  forbidden: "FieldValueForbidden",
  notFound: "FieldValueNotFound",
  notSupported: "FieldValueNotSupported",
  duplicate: "FieldValueDuplicate",
} as const;
