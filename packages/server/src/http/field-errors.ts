import type { ApiFieldError } from "@fairlead/resources";

/** Kubernetes' words for the causes of an invalid object (`field.ErrorType`). */
const causes: Readonly<Record<string, string>> = {
  FieldValueRequired: "Required value",
  FieldValueInvalid: "Invalid value",
  FieldValueNotSupported: "Unsupported value",
  FieldValueForbidden: "Forbidden",
  FieldValueTooMany: "Too many",
  FieldValueNotFound: "Not found",
};

const causesWithoutValue = new Set(["FieldValueRequired", "FieldValueForbidden"]);
const longestValue = 200;

/** Each error in Kubernetes' form, `spec.x: Invalid value: "y": must be …`; equal ones once. */
export function describeFieldErrors(errors: readonly ApiFieldError[]): string[] {
  return [...new Set(errors.map(describe))];
}

function describe({ field, reason, value, message }: ApiFieldError): string {
  const cause = `${field}: ${causes[reason] ?? reason}`;
  return value === undefined || causesWithoutValue.has(reason)
    ? `${cause}: ${message}`
    : `${cause}: ${shorten(JSON.stringify(value))}: ${message}`;
}

function shorten(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
