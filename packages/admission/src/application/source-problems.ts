import type { ApplicationVersion, GitSource, HelmCredentials, HelmSource } from "@fairlead/resources";
import { type FieldProblem, problem } from "../field-problem.ts";

type Source = ApplicationVersion["template"]["source"];

/** What is wrong with where a version comes from. */
export function sourceProblems(source: Source | undefined, field: string): FieldProblem[] {
  const { helm, git } = source ?? {};
  if (helm && git) {
    return [
      problem("forbidden", field, { message: "expected either helm or git, not both", code: "application-source" }),
    ];
  }
  if (helm) {
    return [
      ...digestProblems(helm, `${field}.helm`),
      ...nameProblems(helm, `${field}.helm`),
      ...credentialProblems(helm.credentials, `${field}.helm.credentials`),
    ];
  }
  if (git) {
    return [
      ...placeProblems(git, `${field}.git`),
      ...refProblems(git.ref, `${field}.git.ref`),
      ...gitCredentialProblems(git, `${field}.git.credentials`),
    ];
  }
  return [problem("required", field, { message: "expected helm or git", code: "application-source" })];
}

function digestProblems({ url, chartDigest }: HelmSource, field: string): FieldProblem[] {
  if (!chartDigest || url?.startsWith("oci://")) return [];
  const message = "only a chart in an OCI registry (oci://…) can be pinned to a digest";
  return [problem("forbidden", `${field}.chartDigest`, { message, code: "application-source" })];
}

/** It becomes part of an address. */
function nameProblems({ chartName }: HelmSource, field: string): FieldProblem[] {
  if (
    typeof chartName !== "string" ||
    (/^[a-zA-Z0-9]([\w.-]*|[\w./-]*[\w])$/.test(chartName) && !/\.\.|\/\//.test(chartName))
  )
    return [];
  const message = "expected the name of a chart: letters, digits, '-', '_' and '.'";
  return [problem("invalid", `${field}.chartName`, { value: chartName, message, code: "application-source" })];
}

/** What git may be asked for: nothing on the manager's own disk, no helper program of the remote's choice. */
const remotes = /^(https?|ssh|git):\/\/[^-]|^\w[\w.-]*@\w[\w.-]*:(?!\/\/)/;

function placeProblems({ remote, path }: GitSource, field: string): FieldProblem[] {
  const code = "application-source";
  const problems: FieldProblem[] = [];
  if (typeof remote === "string" && !remotes.test(remote)) {
    const message = "expected https://…, http://…, ssh://…, git://… or user@host:path";
    problems.push(problem("invalid", `${field}.remote`, { value: remote, message, code }));
  }
  if (typeof path === "string" && (path.startsWith("/") || path.split("/").includes(".."))) {
    const message = "expected a folder inside the repository, such as charts/app";
    problems.push(problem("invalid", `${field}.path`, { value: path, message, code }));
  }
  return problems;
}

function credentialProblems(credentials: HelmCredentials | undefined, field: string): FieldProblem[] {
  const { username, password, registryConfigFile } = credentials ?? {};
  const code = "application-credentials";
  if (registryConfigFile && (username || password)) {
    const message = "expected either registryConfigFile, or username and password";
    return [problem("forbidden", field, { message, code })];
  }
  if (!username === !password) return [];
  const missing = username ? "password" : "username";
  return [problem("required", `${field}.${missing}`, { message: "username and password belong together", code })];
}

function refProblems(ref: GitSource["ref"] | undefined, field: string): FieldProblem[] {
  const { tag, branch, commit } = ref ?? {};
  const code = "application-git-ref";
  if (tag && (branch || commit)) {
    return [problem("forbidden", `${field}.tag`, { message: "a tag stands alone, without branch and commit", code })];
  }
  if (commit && !branch) {
    return [problem("required", `${field}.branch`, { message: "expected the branch that the commit is on", code })];
  }
  if (tag || branch) return [];
  return [problem("required", field, { message: "expected a tag, a branch, or a branch and a commit", code })];
}

const neededByMethod = { password: ["username", "password"], token: ["token"], "ssh-key": ["sshKey"] } as const;

function gitCredentialProblems({ credentials }: GitSource, field: string): FieldProblem[] {
  if (!credentials || !Object.hasOwn(neededByMethod, credentials.method)) return []; // The schema says what is accepted.
  return neededByMethod[credentials.method].flatMap((name) => {
    if (credentials[name]) return [];
    const message = `needed with method ${credentials.method}`;
    return [problem("required", `${field}.${name}`, { message, code: "application-credentials" })];
  });
}
