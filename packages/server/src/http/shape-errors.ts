import type { ApiFieldError } from "@fairlead/resources";
import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** What a schema has against a document, as Kubernetes-style field errors. */
export function shapeErrors(error: z.ZodError): ApiFieldError[] {
  return error.issues.map((issue) => ({ field: jsonPath(issue.path), ...explain(issue) }));
}

function explain(issue: Issue): Omit<ApiFieldError, "field"> {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? { reason: "FieldValueRequired", message: `expected ${withArticle(issue.expected)}` }
        : { reason: "FieldValueInvalid", value: issue.input, message: `expected ${withArticle(issue.expected)}` };
    case "invalid_value":
      return {
        reason: "FieldValueNotSupported",
        value: issue.input,
        message: `supported values: ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`,
      };
    case "too_small":
      return { reason: "FieldValueInvalid", value: issue.input, message: `must be at least ${issue.minimum}` };
    case "too_big":
      return { reason: "FieldValueInvalid", value: issue.input, message: `must be at most ${issue.maximum}` };
    case "custom":
    case "invalid_element":
    case "invalid_format":
    case "invalid_key":
    case "invalid_union":
    case "not_multiple_of":
    case "unrecognized_keys":
      return { reason: "FieldValueInvalid", value: issue.input, message: issue.message };
  }
}

const names: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "an integer",
  object: "an object",
  record: "an object",
};

function withArticle(expected: string): string {
  return names[expected] ?? `a ${expected}`;
}

function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}
