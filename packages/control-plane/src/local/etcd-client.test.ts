import { expect, test } from "vitest";
import { prefixRange } from "./etcd-client.ts";

const decode = (text: string) => Buffer.from(text, "base64").toString();

test("the range of a cluster holds its keys and none of a cluster whose id it begins", () => {
  const range = prefixRange("/clusters/abc/");
  const [first, end] = [decode(range.key), decode(range.range_end)];
  const holds = (key: string) => key >= first && key < end;
  expect(holds("/clusters/abc/namespaces/default")).toBe(true);
  expect(holds("/clusters/abc/\u{7f}")).toBe(true);
  expect(holds("/clusters/abcd/namespaces/default")).toBe(false);
  expect(holds("/clusters/abc-1/namespaces/default")).toBe(false);
  expect(holds("/clusters/ab/namespaces/default")).toBe(false);
  expect(holds("compact_rev_key")).toBe(false);
});

test("a prefix without its slash is refused", () => {
  expect(() => prefixRange("/clusters/abc")).toThrow('must end in "/"');
});
