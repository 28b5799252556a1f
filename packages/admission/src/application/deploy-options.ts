import { type DeployOptions, goDurationMs } from "@fairlead/resources";
import { type FieldProblem, problem } from "../field-problem.ts";

const defaultTimeout = "5m0s";

/** What helm would do anyway, written down: rolling back needs waiting, and waiting ends at some time. */
export function completeDeployOptions<T extends DeployOptions | undefined>(options: T): T {
  const helm = options?.helm;
  if (!helm) return options;
  const wait = helm.wait === true || helm.atomic === true;
  if (!wait) return options;
  return { ...options, helm: { ...helm, wait, timeout: isZero(helm.timeout) ? defaultTimeout : helm.timeout } };
}

/** Of completed options: what helm would refuse or ignore. */
export function deployOptionProblems(options: DeployOptions | undefined, field: string): FieldProblem[] {
  const { wait = false, timeout } = options?.helm ?? {};
  const at = `${field}.helm.timeout`;
  if (timeout !== undefined && timeout !== "" && !isDuration(timeout)) {
    const message = 'expected a duration like "10m" that is not negative';
    return [problem("invalid", at, { value: timeout, message, code: "helm-timeout" })];
  }
  if (wait || isZero(timeout)) return [];
  return [
    problem("forbidden", at, { message: "only with wait: true is there something to wait for", code: "helm-timeout" }),
  ];
}

export function isDuration(text: unknown): boolean {
  return typeof text === "string" && goDurationMs(text) !== undefined;
}

function isZero(text: string | undefined): boolean {
  return text === undefined || text === "" || goDurationMs(text) === 0;
}
