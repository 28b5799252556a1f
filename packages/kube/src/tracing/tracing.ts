/**
 * Spans of OpenTelemetry. Without an SDK in the process (see `startTracing` of the command) they cost next to nothing.
 * @module
 */
import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";

const tracer = trace.getTracer("fairlead");

export interface SpanDescription {
  name: string;
  attributes?: Attributes;
  kind?: SpanKind;
  /** `traceparent` of the span that this one goes on from; left out: the one that is active. */
  parent?: string | undefined;
}

/** Does the work within a span, which fails with it. */
export async function withSpan<T>(
  { name, attributes = {}, kind = SpanKind.INTERNAL, parent }: SpanDescription,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return await tracer.startActiveSpan(name, { kind, attributes }, contextOf(parent), async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Only as a part of what is traced already: nobody wants a trace for each look of a leader at its lease. */
export async function withinSpan<T>(
  describe: () => SpanDescription,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  return trace.getActiveSpan() ? await withSpan(describe(), work) : await work(undefined);
}

/** For what goes on elsewhere, in another process or later. @returns undefined unless a span is active that is recorded */
export function activeTraceparent(): string | undefined {
  const flags = trace.getActiveSpan()?.spanContext().traceFlags ?? TraceFlags.NONE;
  if ((flags & TraceFlags.SAMPLED) === 0) return undefined;
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** Of a log's line: which trace it belongs to, by the names that log stores know. */
export function traceFields(): { trace_id?: string; span_id?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

function contextOf(traceparent: string | undefined): Context {
  return traceparent === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, { traceparent });
}

function fail(span: Span, error: unknown): void {
  const isError = error instanceof Error;
  span.setAttribute("error.type", isError ? error.name : typeof error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: isError ? error.message : String(error) });
}
