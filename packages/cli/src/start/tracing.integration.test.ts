import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { freePort } from "@fairlead/components";
import { waitFor } from "@fairlead/kube";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FairleadProcess } from "./testing/fairlead-process.ts";

interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number | string } }[];
}

/** What a collector of OpenTelemetry gets, by OTLP over HTTP as JSON. */
const received: { path: string; body: string }[] = [];
const collector = createServer((request, response) => {
  text(request).then(
    (body) => {
      received.push({ path: request.url ?? "", body });
      response.setHeader("content-type", "application/json");
      response.end("{}");
    },
    () => response.destroy(),
  );
});
let directory: string;
let fairlead: FairleadProcess;
let url: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "fairlead-tracing-"));
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  fairlead = new FairleadProcess(directory, port, [
    "env",
    `OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    "OTEL_EXPORTER_OTLP_PROTOCOL=http/json",
    "OTEL_BSP_SCHEDULE_DELAY=200",
  ]);
  await fairlead.ready();
});
afterAll(async () => {
  await fairlead?.[Symbol.asyncDispose]();
  collector.close();
  await rm(directory, { recursive: true, force: true });
});

function spansOf(traceId: string): CollectedSpan[] {
  return received
    .flatMap(({ body }) => JSON.parse(body).resourceSpans as { scopeSpans: { spans: CollectedSpan[] }[] }[])
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .filter((span) => span.traceId === traceId);
}

function attribute(span: CollectedSpan | undefined, key: string): string {
  const { stringValue, intValue } = span?.attributes.find((attribute) => attribute.key === key)?.value ?? {};
  return String(stringValue ?? intValue);
}

test("a request's trace goes from the client to what is applied in the user cluster, and holds no secret", async () => {
  const token = (await readFile(join(directory, "admin-token"), "utf8")).trim();
  const [traceId, parent] = [randomBytes(16).toString("hex"), "b7ad6b7169203331"];
  const post = async (path: string, body: object, headers = {}) => {
    const response = await fetch(url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    expect(response.ok).toBe(true);
    return (await response.json()) as { id: string };
  };
  const { id: project } = await post("/api/v1/projects", { name: "traced" });
  const cluster = { name: "traced", spec: { cloud: { dc: "local", bringyourown: {} }, version: "1.36.3" } };
  const create = () =>
    post(`/api/v2/projects/${project}/clusters`, { cluster }, { traceparent: `00-${traceId}-${parent}-01` });
  const { id } = await waitFor(() => create().catch(() => undefined), { what: "the project to be there" });

  const applied = (spans: CollectedSpan[]) =>
    spans.find(({ name }) => name === "PATCH daemonsets" || name === "POST daemonsets");
  const parentOf = (span: CollectedSpan | undefined, spans: CollectedSpan[]) =>
    spans.find(({ spanId }) => spanId === span?.parentSpanId);
  // A span is sent when it ends: its parent comes later.
  const spans = await waitFor(
    async () => {
      const known = spansOf(traceId);
      return parentOf(applied(known), known) && known;
    },
    { what: "the CNI's DaemonSet", timeoutMs: 150_000 },
  );
  const stored = spans.find(({ name }) => name === "POST clusters");
  expect(attribute(stored, "http.response.status_code")).toBe("201");
  // There may be others of the same name, of tries for which the project was not there yet.
  const root = parentOf(stored, spans);
  expect(root?.name).toBe("POST /api/v2/projects/:project_id/clusters");
  expect(root?.parentSpanId).toBe(parent);
  const daemonSet = applied(spans);
  const reconcile = parentOf(daemonSet, spans);
  expect(reconcile?.name).toBe("reconcile addon");
  expect(attribute(reconcile, "fairlead.object")).toContain(`cluster-${id}/`);
  expect(parentOf(reconcile, spans)?.spanId).toBe(root?.spanId);
  expect(attribute(daemonSet, "server.port")).not.toBe(attribute(stored, "server.port"));

  expect(new Set(received.map(({ path }) => path))).toEqual(new Set(["/v1/traces"]));
  expect(received.map(({ body }) => body).join()).not.toContain(token);
});
