import { traceAnnotation } from "@fairlead/resources";
import { expect, test } from "vitest";
import { traceOf } from "./trace.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const now = new Date("2026-01-01T12:00:00Z");

test.each([
  ["a change a moment ago", `${traceparent} 2026-01-01T11:59:00.000Z`, traceparent],
  ["a change long ago", `${traceparent} 2026-01-01T11:00:00.000Z`, undefined],
  ["no time", traceparent, undefined],
  ["no time that can be read", `${traceparent} yesterday`, undefined],
  ["nothing", undefined, undefined],
])("%s", (_what, annotation, expected) => {
  const annotations: Record<string, string> = annotation === undefined ? {} : { [traceAnnotation]: annotation };
  const spec = { version: "1.36.3", humanReadableName: "a", cloud: { dc: "local" } };
  expect(traceOf({ metadata: { name: "abc", annotations }, spec }, now)).toBe(expected);
});
