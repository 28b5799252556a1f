/** What `fairlead` tells the shell. Scripts rely on these: they never change their meaning. */
export const exitCode = {
  ok: 0,
  error: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  timeout: 5,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

export const exitCodeHelp = `Exit codes:
  0    done
  1    an error; the last line says which
  2    wrong usage: an argument or option is missing or not understood
  3    the cluster or project does not exist
  4    refused by validation: every field that is wrong is listed on a line of its own
  5    the time given with --timeout is over; the operation goes on in the server
  130  interrupted by Ctrl-C; an operation that was begun goes on in the server`;
