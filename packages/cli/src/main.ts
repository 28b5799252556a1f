import { run } from "./run.ts";

// `fairlead … | head` closes standard output: nobody reads on, so there is nothing to report.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  // Opening it takes time, and few commands read.
  get stdin() {
    return process.stdin;
  },
});
