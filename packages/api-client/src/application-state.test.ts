import { expect, test } from "vitest";
import { applicationReason, applicationState } from "./application-state.ts";

const times = { lastHeartbeatTime: "", lastTransitionTime: "" };
const condition = (type: string, status: string, message = "") => ({ type, status, message, ...times });

test.each([
  ["Pending", []],
  ["Pending", [condition("Ready", "Unknown")]],
  ["Ready", [condition("ManifestsRetrieved", "True"), condition("Ready", "True")]],
  ["Failed", [condition("ManifestsRetrieved", "False"), condition("Ready", "True")]],
  ["Failed", [condition("Ready", "False")]],
])("%s: %j", (state, conditions) => {
  expect(applicationState({ method: "helm", conditions })).toBe(state);
});

test("the reason is that of the condition that fails", () => {
  const conditions = [
    condition("ManifestsRetrieved", "False", "no such host"),
    condition("Ready", "True", "Installed"),
  ];
  expect(applicationReason({ method: "helm", conditions })).toBe("no such host");
  expect(applicationReason({ method: "" })).toBe("");
});
