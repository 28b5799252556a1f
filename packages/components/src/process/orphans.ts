import type { Logger } from "pino";
import { inspectProcess, runsCommand } from "./identity.ts";
import type { PidFiles, PidRecord } from "./pid-file.ts";
import { killGroup, sendSignal, waitUntil } from "./signals.ts";

const graceMs = 10_000;
const killMs = 5_000;

/**
 * Ends the children of an earlier run that was itself killed. A process counts as ours only if its start time and its
 * command line are those on record: a pid alone may belong to someone else by now. Returns the names of those ended.
 */
export async function cleanUpOrphans(pidFiles: PidFiles, logger: Logger): Promise<string[]> {
  const ended = await Promise.all(pidFiles.list().map((record) => endOrphan(record, pidFiles, logger)));
  return ended.filter((name) => name !== undefined);
}

async function endOrphan(record: PidRecord, pidFiles: PidFiles, logger: Logger): Promise<string | undefined> {
  const { name, pid } = record;
  if (!(await stillRuns(record))) {
    pidFiles.remove(name);
    return undefined;
  }
  logger.info({ process: name, child: pid }, "Stopping a process that an earlier run left behind");
  sendSignal(pid, "SIGTERM");
  const gone = async () => !(await stillRuns(record));
  if (!(await waitUntil(gone, graceMs))) {
    logger.warn({ process: name, child: pid }, "Killing a process that an earlier run left behind");
    killGroup(pid);
    await waitUntil(gone, killMs);
  }
  pidFiles.remove(name);
  return name;
}

/** Without a recorded start time (the run was killed right after the spawn) the full command line has to do. */
async function stillRuns(record: PidRecord): Promise<boolean> {
  const running = await inspectProcess(record.pid);
  if (!running || !runsCommand(running, record.command)) return false;
  return record.startedAt === undefined || record.startedAt === running.startedAt;
}
