// Starts one long-lived child under a supervisor, prints its pid and waits to be killed.
import pino from "pino";
import { Supervisor } from "../src/index.ts";

const [directory = ""] = process.argv.slice(2);
const supervisor = new Supervisor({ stateDirectory: `${directory}/state`, logger: pino({ level: "silent" }) });
const child = await supervisor.start({
  name: "sleeper",
  command: process.execPath,
  args: ["-e", "setInterval(() => {}, 1000)", "sleeper"],
  logFile: `${directory}/sleeper.log`,
  readyTimeoutMs: 5_000,
  stopTimeoutMs: 2_000,
});
process.stdout.write(`${child.pid}\n`);
setInterval(() => undefined, 1_000);
