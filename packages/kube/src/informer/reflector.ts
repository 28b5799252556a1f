import type { Logger } from "pino";
import { JitteredBackoff } from "../backoff.ts";
import type { KubeClient } from "../client/kube-client.ts";
import type { WatchEvent } from "../client/watch-stream.ts";
import type { KubeObject } from "../objects.ts";
import type { ResourceType } from "../resource-types.ts";
import { sleep } from "../sleep.ts";
import { isExpired, isResourceVersionTooLarge, StatusError } from "../status-error.ts";

/** Where a reflector puts what it sees, in the order it happened. */
interface ReflectorSink<T extends KubeObject> {
  /** A list begins; what no page of it holds is gone. */
  beginList(): void;
  listed(objects: T[]): void;
  endList(): void;
  changed(event: WatchEvent<T>): void;
}

export interface ReflectorOptions<T extends KubeObject> {
  client: KubeClient;
  type: ResourceType<T>;
  sink: ReflectorSink<T>;
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  logger?: Logger;
}

const backoffBounds = { baseMs: 200, maxMs: 10_000 };
const watchMinSeconds = 300; // the API server's own default: 5 to 10 minutes, drawn so that watches do not end together
const watchGraceMs = 5_000;
const shortWatchMs = 1_000;

/**
 * Keeps a sink equal to what the API server holds: lists page by page, watches from there with bookmarks, resumes
 * where a watch ended, and lists again when the server no longer has the history. After client-go's reflector, but
 * for the first list, which is not read at resourceVersion 0: that ignores the page size.
 */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #backoff = new JitteredBackoff(backoffBounds);
  /** From where to watch; undefined: a list is needed. */
  #resourceVersion: string | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  /** Runs until aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#resourceVersion === undefined) await this.list(signal);
        await this.#watch(signal);
      } catch (error) {
        if (!signal.aborted) await this.#recover(error, signal);
      }
    }
  }

  /** @throws as `KubeClient.pages` does */
  async list(signal: AbortSignal): Promise<void> {
    const { client, type, sink, namespace, labelSelector, fieldSelector } = this.#options;
    let resourceVersion = "";
    sink.beginList();
    for await (const page of client.pages(type, { namespace, labelSelector, fieldSelector, signal })) {
      sink.listed(page.items);
      resourceVersion = page.resourceVersion;
    }
    sink.endList();
    this.#resourceVersion = resourceVersion;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { client, type, sink, namespace, labelSelector, fieldSelector } = this.#options;
    const timeoutSeconds = Math.round(watchMinSeconds * (1 + Math.random()));
    // A connection that died without a word would otherwise wait for ever.
    const overdue = AbortSignal.timeout(timeoutSeconds * 1000 + watchGraceMs);
    const started = performance.now();
    let received = 0;
    for await (const events of client.watch(type, {
      namespace,
      labelSelector,
      fieldSelector,
      timeoutSeconds,
      resourceVersion: this.#resourceVersion,
      signal: AbortSignal.any([signal, overdue]),
    })) {
      this.#backoff.reset();
      received += events.length;
      for (const event of events) {
        if (event.type !== "BOOKMARK") sink.changed(event);
        this.#resourceVersion = event.object.metadata.resourceVersion;
      }
    }
    if (received === 0 && performance.now() - started < shortWatchMs) {
      throw new Error("the server ended the watch at once, without an event");
    }
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { logger, type } = this.#options;
    const relist = mustRelist(error);
    if (relist) this.#resourceVersion = undefined;
    const delayMs = this.#backoff.nextMs();
    const details = { resource: type.plural, group: type.group, relist, delayMs, err: error };
    if (isExpired(error)) logger?.debug(details, "Listing again, the history to watch from is gone");
    else logger?.warn(details, "Retrying the watch");
    await sleep(delayMs, signal).catch(() => {}); // aborted: the loop ends
  }
}

/**
 * No answer, too many requests and server errors say nothing about the history: the watch resumes. Any other refusal
 * (410 first of all; 404 while a CRD is away) means that events may have been missed.
 */
function mustRelist(error: unknown): boolean {
  if (isResourceVersionTooLarge(error)) return true;
  return error instanceof StatusError && error.code !== 429 && error.code < 500;
}
