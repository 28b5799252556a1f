import { expect, test } from "vitest";
import { describeProblems, explainProblem, type FieldProblem, summarizeProblems } from "./field-problem.ts";

const invalid: FieldProblem = { reason: "FieldValueInvalid", field: "spec.a", value: [1], message: "must be 2" };
const required: FieldProblem = { reason: "FieldValueRequired", field: "spec.b", value: "", message: "expected a name" };

test.each<[FieldProblem, string]>([
  [invalid, "Invalid value: [1]: must be 2"],
  [required, "Required value: expected a name"],
  [{ ...invalid, reason: "FieldValueForbidden" }, "Forbidden: must be 2"],
  [{ ...invalid, reason: "FieldValueNotSupported", value: "x" }, 'Unsupported value: "x": must be 2'],
  [{ ...invalid, reason: "SomethingNew" }, "SomethingNew: [1]: must be 2"],
  [{ ...invalid, value: "x".repeat(300) }, `Invalid value: "${"x".repeat(199)}…: must be 2`],
])("%o is explained in Kubernetes' words", (problem, text) => {
  expect(explainProblem(problem)).toBe(text);
});

test("equal problems are told once, several stand in brackets", () => {
  expect(describeProblems([invalid, invalid])).toEqual(["spec.a: Invalid value: [1]: must be 2"]);
  expect(summarizeProblems([invalid])).toBe("spec.a: Invalid value: [1]: must be 2");
  expect(summarizeProblems([invalid, required])).toBe(
    "[spec.a: Invalid value: [1]: must be 2, spec.b: Required value: expected a name]",
  );
});
