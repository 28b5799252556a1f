import type { ApiProject } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { exitCode } from "./exit-code.ts";
import { chooseProject, findByIdOrName, findCluster } from "./find.ts";

function project(id: string, name: string): ApiProject {
  return { id, name, status: "Active", creationTimestamp: "2026-11-24T00:00:00Z" };
}

describe("findByIdOrName", () => {
  const twins = [project("a1", "twin"), project("b2", "twin"), project("c3", "a1"), project("d4", "one")];

  test("by name, and by id before name", () => {
    expect(findByIdOrName("project", twins, "one").id).toBe("d4");
    expect(findByIdOrName("project", twins, "a1").id).toBe("a1");
  });
  test("an ambiguous name lists the ids", () => {
    expect(() => findByIdOrName("project", twins, "twin")).toThrow(
      'several projects are named "twin": say which by its id: a1, b2',
    );
  });
  test("an unknown one lists what there is", () => {
    expect(() => findByIdOrName("project", twins.slice(0, 1), "x")).toThrow(
      expect.objectContaining({ exitCode: exitCode.notFound, message: 'project "x" not found; there are: twin (a1)' }),
    );
  });
});

describe("chooseProject", () => {
  const [one, two] = [project("a1", "one"), project("b2", "two")];

  test("the only one need not be named", () => {
    expect(chooseProject([one], undefined)).toBe(one);
  });
  test("one of several must be", () => {
    expect(() => chooseProject([one, two], undefined)).toThrow(
      expect.objectContaining({
        exitCode: exitCode.usage,
        message: "say which project with --project; there are: one (a1), two (b2)",
      }),
    );
    expect(chooseProject([one, two], "two")).toBe(two);
  });
  test("where there is none, none is chosen, unless one was asked for", () => {
    expect(chooseProject([], undefined)).toBeUndefined();
    expect(() => chooseProject([], "x")).toThrow('project "x" not found; there is none');
  });
});

test("no project, no cluster", () => {
  expect(() => findCluster(undefined, [], "x")).toThrow(expect.objectContaining({ exitCode: exitCode.notFound }));
});
