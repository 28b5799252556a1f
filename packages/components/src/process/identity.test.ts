import { expect, test } from "vitest";
import { inspectProcess, parsePs, parseStat, runsCommand } from "./identity.ts";

test("a program's name may hold blanks and parentheses", () => {
  const rest = "S 1 42 42 0 -1 4194560 100 0 0 0 5 2 0 0 20 0 7 0 987654 1000000 200";
  expect(parseStat(`42 (a) b (c) ${rest}`)).toEqual({ state: "S", startTime: "987654" });
});

test("reads ps output with one- and two-digit days", () => {
  expect(parsePs(7, "Tue Nov 24 03:07:56 2026 /usr/bin/etcd --name x\n")).toEqual({
    pid: 7,
    startedAt: "Tue Nov 24 03:07:56 2026",
    commandLine: "/usr/bin/etcd --name x",
  });
  expect(parsePs(7, "Wed Nov  4 03:07:56 2026 etcd")?.startedAt).toBe("Wed Nov  4 03:07:56 2026");
  expect(parsePs(7, "")).toBeUndefined();
});

test.each([
  ["/bin/etcd\0--name\0x", true],
  ["setpriv\0--pdeathsig\0KILL\0--\0/bin/etcd\0--name\0x", true],
  ["/bin/etcd --name x", true],
  ["/other/bin/etcd\0--name\0x", false],
  ["/bin/etcd\0--name\0xy", false],
  ["/bin/etcd\0--name\0x\0--more", false],
  ["vim\0/bin/etcd", false],
])("%j runs `/bin/etcd --name x`: %s", (commandLine, expected) => {
  expect(runsCommand({ pid: 7, startedAt: "", commandLine }, ["/bin/etcd", "--name", "x"])).toBe(expected);
});

test("tells this process from one that does not exist", async () => {
  const self = await inspectProcess(process.pid);
  expect(self?.startedAt).toMatch(/\d/);
  expect(self?.commandLine).toContain("node");
  expect(await inspectProcess(process.pid)).toEqual(self);
  expect(await inspectProcess(2 ** 30)).toBeUndefined();
});
