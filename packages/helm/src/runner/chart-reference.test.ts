import { expect, test } from "vitest";
import { registryConfigFor, secretsOf } from "./chart-reference.ts";

test("credentials for a registry, and what of them is secret", () => {
  const registryConfig = registryConfigFor("127.0.0.1:5000", { username: "joe", password: "hunter22" });
  expect(JSON.parse(registryConfig)).toEqual({ auths: { "127.0.0.1:5000": { auth: "am9lOmh1bnRlcjIy" } } });
  expect(secretsOf({ registryConfig })).toEqual(["am9lOmh1bnRlcjIy", "hunter22"]);
  expect(secretsOf({ login: { username: "joe", password: "hunter22" } })).toEqual(["hunter22"]);
  expect(secretsOf({ plainHttp: true })).toEqual([]);
});
