import { describe, expect, it } from "vitest";
import { TimeoutError, waitFor } from "./wait-for.ts";

const fast = { intervalMs: 1, timeoutMs: 30 };

describe("waitFor", () => {
  it("returns the first truthy value, and takes errors for 'not yet'", async () => {
    let tries = 0;
    const value = await waitFor(
      () => {
        if (++tries < 3) throw new Error("not yet");
        return `try ${tries}`;
      },
      { ...fast, timeoutMs: 30_000, what: "the third try" },
    );
    expect(value).toBe("try 3");
  });

  it("names what it waited for, and the last error", async () => {
    const last = new Error("connection refused");
    const waiting = waitFor(() => Promise.reject(last), { ...fast, what: "the API server" });
    await expect(waiting).rejects.toThrow("timed out after 0.03 s waiting for the API server: connection refused");
    await expect(waiting).rejects.toBeInstanceOf(TimeoutError);
    await expect(waiting).rejects.toMatchObject({ cause: last });
  });

  it("throws the signal's reason when aborted", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const waiting = waitFor(() => false, { what: "nothing", signal: stop.signal });
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
