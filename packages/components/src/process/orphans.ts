import type { Logger } from "pino";
import { inspectProcess, type ProcessIdentity, runsCommand } from "./identity.ts";
import type { PidFiles, PidRecord } from "./pid-file.ts";
import { killGroup, sendSignal, waitUntil } from "./signals.ts";

const defaultGraceMs = 10_000;
const killMs = 5_000;

/**
 * Ends the children of an earlier run that was itself killed. A process counts as ours only if its start time and its
 * command line are those on record: a pid alone may belong to someone else by now. Returns the names of those ended.
 */
export async function cleanUpOrphans(
  pidFiles: PidFiles,
  logger: Logger,
  options: { graceMs?: number } = {},
): Promise<string[]> {
  const endRecorded = async (record: PidRecord) => {
    const orphan = await findOrphan(record);
    if (orphan) await endOrphan(orphan, logger.child({ process: record.name }), options.graceMs ?? defaultGraceMs);
    pidFiles.remove(record.name);
    return orphan ? [record.name] : [];
  };
  return (await Promise.all(pidFiles.list().map(endRecorded))).flat();
}

/** Without a recorded start time (the run was killed right after the spawn) the full command line has to do. */
async function findOrphan(record: PidRecord): Promise<ProcessIdentity | undefined> {
  const running = await inspectProcess(record.pid);
  if (!running || !runsCommand(running, record.command)) return undefined;
  return record.startedAt === undefined || record.startedAt === running.startedAt ? running : undefined;
}

async function endOrphan(orphan: ProcessIdentity, logger: Logger, graceMs: number): Promise<void> {
  logger.info({ child: orphan.pid }, "Stopping a process that an earlier run left behind");
  // By start time alone: a process that is about to end has no command line any more, but still holds its ports.
  const gone = async () => (await inspectProcess(orphan.pid))?.startedAt !== orphan.startedAt;
  sendSignal(orphan.pid, "SIGTERM");
  if (await waitUntil(gone, graceMs)) return;
  logger.warn({ child: orphan.pid }, "Killing a process that an earlier run left behind");
  killGroup(orphan.pid);
  await waitUntil(gone, killMs);
}
