import { observedTypes, observerPath } from "@fairlead/admission";
import type { KubeObject, ResourceType } from "@fairlead/kube";
import {
  type ApiAuditEntry,
  addonType,
  type Cluster,
  clusterNamespace,
  clusterType,
  projectLabel,
} from "@fairlead/resources";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type AdmissionReview, failed, noted } from "../admission/admission-response.ts";
import { type AdmissionRequest, parseReview } from "../admission/admission-review.ts";
import type { AuditLog } from "./audit-log.ts";
import { networkChange } from "./network-change.ts";

/**
 * Notes writes to the management API by others than Fairlead, `kubectl` for example. The API server also gets what changed
 * in the network, for its own audit log. A write that cannot be noted is refused.
 */
export function observeWrites(
  app: FastifyInstance,
  { log, onRequest }: { log: AuditLog; onRequest: (request: FastifyRequest) => Promise<void> },
): void {
  for (const type of observedTypes) {
    app.post(observerPath(type.plural), { onRequest }, async (request): Promise<AdmissionReview> => {
      const review = parseReview(request.body);
      const audit = entryOf(type, review);
      try {
        await log.add(audit);
      } catch (error) {
        request.log.error({ err: error, audit }, "Writing the audit log failed");
        return failed(review.uid, "the audit log cannot be written: nothing is changed meanwhile");
      }
      const { before, after } = audit;
      return noted(review.uid, before || after ? { "network-change": JSON.stringify({ before, after }) } : {});
    });
  }
}

function entryOf(type: ResourceType, review: AdmissionRequest): ApiAuditEntry {
  const { operation, object, oldObject, userInfo } = review;
  const now = object ?? oldObject;
  const name = review.name || now?.metadata.name || "";
  const namespace = type.namespaced ? `namespaces/${review.namespace}/` : "";
  const project = now?.metadata.labels?.[projectLabel];
  const cluster = clusterOf(type, { name, namespace: review.namespace });
  return {
    time: new Date().toISOString(),
    user: userInfo.username,
    action: `${operation} ${type.plural}.${type.group}`,
    path: `/apis/${type.apiVersion}/${namespace}${type.plural}/${name}`,
    ...(typeof project === "string" ? { project } : {}),
    ...(cluster ? { cluster } : {}),
    status: operation === "CREATE" ? 201 : 200,
    ...(type === clusterType ? networkChange(clusterIn(oldObject), clusterIn(object)) : {}),
  };
}

function clusterOf(type: ResourceType, { name, namespace }: { name: string; namespace: string }): string | undefined {
  if (type === clusterType) return name;
  const prefix = clusterNamespace("");
  return type === addonType && namespace.startsWith(prefix) ? namespace.slice(prefix.length) : undefined;
}

function clusterIn(object: KubeObject | null | undefined): Cluster | undefined {
  return (object as Cluster | null | undefined) ?? undefined;
}
