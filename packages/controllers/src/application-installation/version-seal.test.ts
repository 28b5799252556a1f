import { expect, test } from "vitest";
import { VersionSeal } from "./version-seal.ts";

const signal = new AbortController().signal;
const version = {
  version: "1.0.0",
  template: { source: { helm: { url: "https://charts.example.com", chartName: "app", chartVersion: "1.0.0" } } },
};
const owner = { clusterId: "abcdefghij", application: "app" };

const withKey = (key: string) => new VersionSeal(async () => Buffer.from(key));

test("a seal is of one version of one application in one cluster, by one key", async () => {
  const sealed = withKey("one");
  const seal = await sealed.seal(version, owner, signal);
  const reordered = { template: { source: { helm: { ...version.template.source.helm } } }, version: "1.0.0" };
  expect(await sealed.isGenuine(reordered, { ...owner, seal }, signal)).toBe(true);
  const thief = {
    ...version,
    template: { source: { helm: { ...version.template.source.helm, url: "https://thief" } } },
  };
  expect(await sealed.isGenuine(thief, { ...owner, seal }, signal)).toBe(false);
  expect(await sealed.isGenuine(version, { ...owner, clusterId: "other", seal }, signal)).toBe(false);
  expect(await sealed.isGenuine(version, { ...owner, application: "other", seal }, signal)).toBe(false);
  expect(await sealed.isGenuine(version, owner, signal)).toBe(false);
  expect(await withKey("two").isGenuine(version, { ...owner, seal }, signal)).toBe(false);
});

test("without its key nothing is believed", async () => {
  const sealed = new VersionSeal(() => Promise.reject(new Error("connection refused")));
  await expect(sealed.isGenuine(version, { ...owner, seal: "0".repeat(64) }, signal)).rejects.toThrow("refused");
});
