import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "pino";
import { builtin } from "./builtin/builtin-types.ts";
import type { Event, ObjectReference } from "./builtin/machinery.ts";
import type { KubeClient } from "./client/kube-client.ts";
import { microTime } from "./micro-time.ts";
import type { KubeObject } from "./objects.ts";

export interface EventRecorderOptions {
  client: KubeClient;
  /** Qualified name, such as `fairlead.dev/cluster-controller`. */
  reportingController: string;
  logger?: Logger;
}

export interface EventText {
  type: "Normal" | "Warning";
  /** Why, in UpperCamelCase: `AddonFailed`. */
  reason: string;
  /** What was done, in UpperCamelCase: `Install`. */
  action: string;
  /** For people; cut at 1 kB. */
  note: string;
}

interface Recorded {
  name: string;
  count: number;
  lastMs: number;
}

const seriesGapMs = 10 * 60_000;
const maxSeries = 1000;
const maxNoteBytes = 1024;

/**
 * Tells the users of an object what happens to it, as `events.k8s.io/v1` Events. The same event within ten minutes
 * is counted on the first one instead of stored again. Best effort: a failure is logged, never thrown.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #series = new Map<string, Recorded>();

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  async record(regarding: KubeObject, text: EventText, signal?: AbortSignal): Promise<void> {
    try {
      await this.#record(regarding, text, signal);
    } catch (error) {
      this.#options.logger?.debug({ err: error, reason: text.reason }, "Recording an event failed");
    }
  }

  async #record(regarding: KubeObject, text: EventText, signal: AbortSignal | undefined): Promise<void> {
    const { client } = this.#options;
    const namespace = regarding.metadata.namespace ?? "default"; // where events of cluster-scoped objects live
    const key = JSON.stringify([regarding.metadata.uid, text.type, text.reason, text.action, text.note]);
    const now = new Date();
    const known = this.#series.get(key);
    if (known && now.getTime() - known.lastMs < seriesGapMs) {
      known.count++;
      known.lastMs = now.getTime();
      const series = { count: known.count, lastObservedTime: microTime(now) };
      await client.mergePatch(builtin.Event, { name: known.name, namespace }, { series }, { signal });
      return;
    }
    const { metadata } = await client.create(builtin.Event, this.#newEvent(regarding, { ...text, namespace }, now), {
      signal,
    });
    this.#remember(key, { name: metadata.name ?? "", count: 1, lastMs: now.getTime() });
  }

  #newEvent(regarding: KubeObject, text: EventText & { namespace: string }, now: Date): Event {
    const { namespace, note, ...rest } = text;
    return {
      metadata: { namespace, name: `${(regarding.metadata.name ?? "object").slice(0, 200)}.${uniqueSuffix()}` },
      ...rest,
      note: Buffer.from(note)
        .subarray(0, maxNoteBytes)
        .toString("utf8")
        .replace(/\uFFFD$/, ""),
      regarding: referenceTo(regarding),
      eventTime: microTime(now),
      reportingController: this.#options.reportingController,
      reportingInstance: hostname(),
    };
  }

  #remember(key: string, recorded: Recorded): void {
    this.#series.delete(key);
    this.#series.set(key, recorded);
    const oldest = this.#series.keys().next();
    if (this.#series.size > maxSeries && !oldest.done) this.#series.delete(oldest.value);
  }
}

function uniqueSuffix(): string {
  return randomBytes(8).toString("hex");
}

function referenceTo(object: KubeObject): ObjectReference {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, name, namespace, uid, resourceVersion };
}
