import { readdir, readFile } from "node:fs/promises";

const ticksPerSecond = 100; // USER_HZ of Linux

/** CPU seconds of a process's descendants with these names; those that ended do not count. Linux. */
export async function cpuOfChildren(root: number, names: readonly string[]): Promise<number> {
  const processes = await Promise.all(
    (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry)).map((pid) => readStat(pid)),
  );
  const byParent = Map.groupBy(
    processes.flatMap((stat) => stat ?? []),
    ({ parent }) => parent,
  );
  let seconds = 0;
  const visit = (pid: number) => {
    for (const child of byParent.get(pid) ?? []) {
      if (names.some((name) => child.name.startsWith(name.slice(0, 15)))) seconds += child.cpuSeconds;
      visit(child.pid);
    }
  };
  visit(root);
  return seconds;
}

async function readStat(pid: string) {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const end = text.lastIndexOf(")");
  const fields = text.slice(end + 2).split(" ");
  return {
    pid: Number(pid),
    name: text.slice(text.indexOf("(") + 1, end),
    parent: Number(fields[1]),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
  };
}
