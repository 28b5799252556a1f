import { readFile } from "node:fs/promises";
import { execa } from "execa";

/** What tells a process apart from a later one with the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** Linux: ticks since boot and the boot's id. Elsewhere: `ps -o lstart`. */
  startedAt: string;
}

export interface RunningProcess extends ProcessIdentity {
  /** Program and arguments; separated by NUL on Linux, by spaces elsewhere. */
  commandLine: string;
}

/** Undefined if there is no such process, or only its zombie. */
export async function inspectProcess(pid: number): Promise<RunningProcess | undefined> {
  return process.platform === "linux" ? inspectByProc(pid) : inspectByPs(pid);
}

async function inspectByProc(pid: number): Promise<RunningProcess | undefined> {
  try {
    const [stat, commandLine, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    const { state, startTime } = parseStat(stat);
    if (state === "Z" || state === "X") return undefined;
    return { pid, startedAt: `${startTime}@${boot.trim()}`, commandLine: commandLine.replace(/\0+$/, "") };
  } catch {
    return undefined;
  }
}

/** Fields 3 (state) and 22 (start time in clock ticks since boot) of proc_pid_stat(5). */
export function parseStat(stat: string): { state: string; startTime: string } {
  // Field 2 is the program's name in parentheses and may itself hold blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", startTime: fields[19] ?? "" };
}

async function inspectByPs(pid: number): Promise<RunningProcess | undefined> {
  const result = await execa("ps", ["-ww", "-o", "lstart=,command=", "-p", `${pid}`], {
    env: { PATH: process.env.PATH, LC_ALL: "C" },
    extendEnv: false,
    reject: false,
  });
  return result.failed ? undefined : parsePs(pid, result.stdout);
}

/** `Tue Nov 24 03:07:56 2026 /usr/bin/etcd --name x`: the date is always 24 characters long in the C locale. */
export function parsePs(pid: number, line: string): RunningProcess | undefined {
  const match = /^\s*(\S{3} \S{3} [ \d]\d \d\d:\d\d:\d\d \d{4})\s+(.+)$/s.exec(line.trimEnd());
  const [, startedAt, commandLine] = match ?? [];
  return startedAt && commandLine ? { pid, startedAt, commandLine } : undefined;
}

/** Whether a running process has this command and these arguments, with or without a launcher in front of them. */
export function runsCommand(running: RunningProcess, command: readonly string[]): boolean {
  const { commandLine } = running;
  return [command.join("\0"), command.join(" ")].some(
    (wanted) => commandLine === wanted || commandLine.endsWith(`\0${wanted}`) || commandLine.endsWith(` ${wanted}`),
  );
}
