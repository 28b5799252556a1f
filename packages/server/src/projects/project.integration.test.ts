import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestApi } from "../testing/test-api.ts";

let api: TestApi;

beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api?.stop());

describe("projects", () => {
  test("are created, shown, listed and deleted", async () => {
    const created = await api.post("/api/v1/projects", { name: "  team a ", labels: { tier: "gold" } });
    expect(created.statusCode).toBe(201);
    const project = created.json<{ id: string }>();
    expect(project).toEqual({
      id: expect.stringMatching(/^[a-z][a-z0-9]{9}$/),
      name: "team a",
      creationTimestamp: expect.any(String),
      status: "",
      labels: { tier: "gold" },
    });
    const url = `/api/v1/projects/${project.id}`;
    expect((await api.get(url)).json()).toEqual(project);
    expect((await api.get("/api/v1/projects")).json()).toContainEqual(project);
    const deleted = await api.call({ method: "DELETE", url });
    expect([deleted.statusCode, deleted.json()]).toEqual([200, {}]);
    expect((await api.get(url)).statusCode).toBe(404);
  });

  test("show the status that controllers give them", async () => {
    const id = await api.project("active");
    expect((await api.get(`/api/v1/projects/${id}`)).json()).toMatchObject({ status: "Active" });
  });

  test.each<[string, unknown, number]>([
    ["an empty name", { name: "" }, 400],
    ["a blank name", { name: "  " }, 400],
    ["no name", {}, 400],
    ["a name of the wrong type", { name: 5 }, 400],
    ["labels of the wrong type", { name: "bad", labels: ["a"] }, 400],
    ["labels that Kubernetes refuses", { name: "bad", labels: { "a b": "c" } }, 422],
    ["malformed JSON", "{", 400],
  ])("are not created with %s", async (_, payload, statusCode) => {
    const before = await api.storedProjects();
    const response = await api.call({
      method: "POST",
      url: "/api/v1/projects",
      payload: typeof payload === "string" ? payload : JSON.stringify(payload),
      headers: { "content-type": "application/json" },
    });
    expect(response.statusCode, response.body).toBe(statusCode);
    expect(response.json()).toMatchObject({ error: { code: statusCode, message: expect.any(String) } });
    expect(await api.storedProjects()).toEqual(before);
  });

  test("that are unknown are 404", async () => {
    expect((await api.get("/api/v1/projects/nope")).statusCode).toBe(404);
    expect((await api.call({ method: "DELETE", url: "/api/v1/projects/nope" })).statusCode).toBe(404);
  });
});
