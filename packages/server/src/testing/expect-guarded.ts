import { expect } from "vitest";
import { errorOf } from "./requests.ts";
import type { TestApi } from "./test-api.ts";

interface GuardedRoute {
  method: "PUT" | "PATCH";
  url: string;
  /** Two requests that change different things. */
  edits: readonly [object, object];
}

/** Of two clients that have read the same, the second is refused, and stores nothing until it has read again. */
export async function expectGuarded(
  api: TestApi,
  { method, url, edits: [first, second] }: GuardedRoute,
): Promise<void> {
  const read = async () => String((await api.get(url)).headers.etag);
  const edit = (payload: object, tag: string) => api.call({ method, url, payload, headers: { "if-match": tag } });
  const old = await read();
  const changed = await edit(first, old);
  const now = await read();
  expect([changed.body, changed.headers.etag]).toEqual([expect.not.stringMatching(/^{"error"/), now]);
  expect(now).not.toBe(old);
  const refused = await edit(second, old);
  expect([refused.statusCode, errorOf(refused).message]).toEqual([412, expect.stringContaining("was changed since")]);
  expect(await read()).toBe(now);
  expect((await edit(second, now)).statusCode).toBe(changed.statusCode);
}
