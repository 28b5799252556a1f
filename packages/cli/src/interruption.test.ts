import { expect, test } from "vitest";
import { exitCode } from "./exit-code.ts";
import { Interruption } from "./interruption.ts";

test.each([
  ["SIGINT", exitCode.interrupted],
  ["SIGTERM", exitCode.terminated],
] as const)(
  "%s aborts with its exit code, and stays listened to so that nothing else ends the process",
  (name, code) => {
    const before = process.listenerCount(name);
    {
      using interruption = new Interruption();
      process.emit(name, name);
      expect(interruption.signal.reason).toMatchObject({ exitCode: code, message: "interrupted" });
      expect(process.listenerCount(name)).toBe(before + 1);
    }
    expect(process.listenerCount(name)).toBe(before);
  },
);
