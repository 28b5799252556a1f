import { expect, test } from "vitest";
import { requestSpan } from "./request-span.ts";

test.each([
  ["/api/v1/namespaces/a/pods/b/log", "GET pods/log"],
  ["/api/v1/namespaces/a", "GET namespaces"],
  ["/api/v1/namespaces/a/status", "GET namespaces/status"],
  ["/api/v1/nodes", "GET nodes"],
  ["/apis/apps/v1/namespaces/a/daemonsets/b", "GET daemonsets"],
  ["/apis/kubermatic.k8c.io/v1/clusters/abc/status", "GET clusters/status"],
  ["/apis/apps/v1", "GET apis"],
  ["/readyz", "GET readyz"],
])("%s is %s", (path, name) => {
  expect(requestSpan("https://127.0.0.1:6443", { method: "GET", path }).name).toBe(name);
});

test("says whom it asked", () => {
  const at = (server: string) => requestSpan(server, { method: "PUT", path: "/api/v1/nodes/a" }).attributes;
  expect(at("https://[::1]:6443")).toMatchObject({ "server.address": "[::1]", "server.port": 6443 });
  expect(at("https://api.example.com")).toMatchObject({ "server.address": "api.example.com", "server.port": 443 });
});
