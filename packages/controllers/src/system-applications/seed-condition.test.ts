import { HelmError, type HelmErrorKind } from "@fairlead/helm";
import { expect, test } from "vitest";
import { SourceAccessError } from "../application-installation/secrets.ts";
import { chartsCondition } from "./seed-condition.ts";

const repository = "registry.test/charts";

test("all versions can be fetched", () => {
  expect(chartsCondition(repository, [{ version: "1.18.10" }, { version: "1.19.4" }])).toEqual({
    status: "True",
    reason: "ChartsAvailable",
    message: "oci://registry.test/charts serves Cilium 1.18.10, 1.19.4",
  });
});

test.each<[HelmErrorKind, string]>([
  ["registry-unreachable", "RegistryUnreachable"],
  ["timeout", "RegistryUnreachable"],
  ["unauthorized", "RegistryLoginFailed"],
  ["chart-not-found", "ChartNotFound"],
  ["chart-digest-mismatch", "ChartDigestMismatch"],
  ["unknown", "ChartUnavailable"],
])("%s is %s", (kind, reason) => {
  const error = new HelmError(kind, "because", { command: "show" });
  expect(chartsCondition(repository, [{ version: "1.18.10" }, { version: "1.19.4", error }])).toEqual({
    status: "False",
    reason,
    message: "oci://registry.test/charts does not serve Cilium 1.19.4: because",
  });
});

test("a Secret that is not there", () => {
  const error = new SourceAccessError("Secret kubermatic/x is not there");
  expect(chartsCondition(repository, [{ version: "1.19.4", error }]).reason).toBe("CredentialsMissing");
});
