import { expect, test } from "vitest";
import { mayUseDatacenter } from "./datacenter-access.ts";

test.each<[string, string[] | undefined, string, boolean, boolean]>([
  ["anyone may use an open datacenter", undefined, "a@example.com", false, true],
  ["an empty list keeps nobody out", [], "a@example.com", false, true],
  ["a member of the domain may", ["example.com"], "a@example.com", false, true],
  ["whatever the case", ["Example.COM"], "A@example.com", false, true],
  ["a single address may", ["a@example.com"], "a@example.com", false, true],
  ["another address may not", ["a@example.com"], "b@example.com", false, false],
  ["a subdomain is another domain", ["example.com"], "a@x.example.com", false, false],
  ["a domain that ends alike is another", ["example.com"], "a@notexample.com", false, false],
  ["an administrator may always", ["example.com"], "a@other.org", true, true],
])("%s", (_, requiredEmails, email, isAdmin, may) => {
  const user = { email, name: "", isAdmin, groups: [], kind: "person" } as const;
  expect(mayUseDatacenter(user, { spec: { requiredEmails } })).toBe(may);
});
