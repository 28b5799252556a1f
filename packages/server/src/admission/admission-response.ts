import { explainProblem, type FieldProblem, summarizeProblems } from "@fairlead/admission";
import type { ResourceType, Status } from "@fairlead/kube";
import type { Warning } from "@fairlead/network";
import { createPatch } from "rfc6902";

interface AdmissionResponse {
  uid: string;
  allowed: boolean;
  status?: Status;
  patchType?: "JSONPatch";
  /** In base64. */
  patch?: string;
  warnings?: string[];
  /** For the API server's audit log, which puts the webhook's name before each key. */
  auditAnnotations?: Record<string, string>;
}

export interface AdmissionReview {
  apiVersion: "admission.k8s.io/v1";
  kind: "AdmissionReview";
  response: AdmissionResponse;
}

/** Longer ones may be cut by the API server, which then drops further ones. */
const longestWarning = 256;

export function allowed(uid: string, warnings: readonly Warning[] = []): AdmissionReview {
  const texts = warnings.map(({ field, message }) => shorten(`${field}: ${message}`));
  return review({ uid, allowed: true, ...(texts.length > 0 ? { warnings: texts } : {}) });
}

/** Allowed, with something for the API server's own audit log. */
export function noted(uid: string, auditAnnotations: Record<string, string>): AdmissionReview {
  return review({ uid, allowed: true, auditAnnotations });
}

/** Allowed with the changes that lead from the object as sent to the one to be stored. */
export function patched(uid: string, sent: object, wanted: object): AdmissionReview {
  const operations = sent === wanted ? [] : createPatch(sent, wanted);
  if (operations.length === 0) return allowed(uid);
  const patch = Buffer.from(JSON.stringify(operations)).toString("base64");
  return review({ uid, allowed: true, patchType: "JSONPatch", patch });
}

/** Refused as the API server itself refuses an object, so that clients show each error at its field. */
export function refused(
  uid: string,
  errors: readonly FieldProblem[],
  subject: { type: ResourceType; name: string },
): AdmissionReview {
  const { group, kind } = subject.type;
  const causes = errors.map((error) => ({
    reason: error.reason,
    field: error.field,
    message: explainProblem(error),
  }));
  const message = `invalid ${kind.toLowerCase()}: ${summarizeProblems(errors)}`;
  const details = { name: subject.name, group, kind, causes };
  return review({ uid, allowed: false, status: failure({ code: 422, reason: "Invalid", message, details }) });
}

/** Nothing may slip by because a judgement failed. */
export function failed(uid: string, message: string): AdmissionReview {
  return review({ uid, allowed: false, status: failure({ code: 500, reason: "InternalError", message }) });
}

function failure(parts: Pick<Status, "code" | "reason" | "message" | "details">): Status {
  return { kind: "Status", apiVersion: "v1", status: "Failure", ...parts };
}

function review(response: AdmissionResponse): AdmissionReview {
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response };
}

function shorten(text: string): string {
  return text.length > longestWarning ? `${text.slice(0, longestWarning - 1)}…` : text;
}
