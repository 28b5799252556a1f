import type { ApiClusterTemplate } from "@fairlead/resources";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { editableText, templateDocument, templateOfText, templateProblems, templateText } from "./template-document.ts";

const template: ApiClusterTemplate = {
  id: "abcdefghij",
  name: "web",
  creationTimestamp: "2026-11-29T00:00:00Z",
  projectID: "p",
  user: "a@example.com",
  scope: "project",
  annotations: { "kubermatic.io/initial-cni-values-request": '{"a":1}' },
  cluster: { labels: { team: "a" }, spec: { cloud: { dc: "local" } } },
  nodeDeployment: { spec: { replicas: 2 } },
} as unknown as ApiClusterTemplate;

test("the text is all of a template but what belongs to this copy, and is read back as it was", () => {
  const text = templateText(template);
  expect(text).not.toContain("abcdefghij");
  expect(parse(text).cluster).not.toHaveProperty("name");
  expect(templateOfText(parse(text))).toEqual(templateDocument(template));
  expect(templateOfText(parse(templateText(template, "web-copy")))).toMatchObject({
    name: "web-copy",
    cluster: { name: "web-copy", labels: { team: "a" } },
  });
});

test("the CNI's Helm values are edited as values", () => {
  const text = editableText(template);
  expect(parse(text)).toMatchObject({ name: "web", cniValues: { a: 1 } });
  expect(text).not.toContain("annotations");
  expect(templateOfText(parse(text))).toEqual(templateDocument(template));
  const broken = { ...template, annotations: { "kubermatic.io/initial-cni-values-request": "{" } };
  expect(editableText(broken)).toBe(templateText(broken));
  expect(templateOfText({ annotations: { other: "x" }, cniValues: { b: 2 } })).toEqual({
    annotations: { other: "x", "kubermatic.io/initial-cni-values-request": '{"b":2}' },
  });
});

test("what is no template goes to the server as it is", () => {
  expect(templateOfText({ cluster: "x" })).toEqual({ cluster: "x" });
});

test("what the server refuses is at its key", () => {
  const error = (field: string) => ({ reason: "FieldValueInvalid" as const, field, message: "no" });
  const fields = [
    "spec.humanReadableName",
    "spec.version",
    "scope",
    "labels",
    'annotations["kubermatic.io/initial-cni-values-request"]',
  ];
  expect(templateProblems(fields.map(error)).map(({ pointer }) => pointer)).toEqual([
    "/name",
    "/cluster/spec/version",
    "/scope",
    "/cluster/labels",
    "/cniValues",
  ]);
});
