import { openSync, writeSync } from "node:fs";
import type { DestinationStream } from "pino";

/**
 * Where the log of the embedded mode is written: a file for its owner alone. On a full disk lines are left out, and how many
 * is noted once there is space again. pino's own destination would end the process then, and keep it from ending until it can
 * write.
 * @param write as `fs.writeSync`
 */
export function logFile(path: string, write: (fd: number, text: string) => number = writeSync): DestinationStream {
  const fd = openSync(path, "a", 0o600);
  let lost = 0;
  let isCut = false;
  const append = (text: string) => {
    const whole = isCut ? `\n${text}` : text;
    isCut = write(fd, whole) < Buffer.byteLength(whole);
    if (isCut) throw new Error("the disk was full in the middle of a line");
  };
  return {
    write(line) {
      try {
        if (lost > 0)
          append(`${JSON.stringify({ level: 40, time: Date.now(), lost, msg: "Lines could not be written" })}\n`);
        lost = 0;
        append(line);
      } catch {
        lost++;
      }
    },
  };
}
