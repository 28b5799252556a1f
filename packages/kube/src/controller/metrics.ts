import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { QueueObserver, WorkQueue } from "../workqueue/work-queue.ts";

const reconcileResults = ["success", "error", "requeue_after"] as const;
export type ReconcileResult = (typeof reconcileResults)[number];

const reconcileBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const queueBuckets = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];

interface ActiveQueue {
  activeSince: Iterable<number>;
}

/** The metrics of all controllers of a registry, by controller-runtime's names, so that its dashboards fit. */
export class ControllerMetrics {
  static readonly #ofRegistry = new WeakMap<Registry, ControllerMetrics>();

  static of(registry: Registry): ControllerMetrics {
    const known = ControllerMetrics.#ofRegistry.get(registry);
    if (known) return known;
    const metrics = new ControllerMetrics(registry);
    ControllerMetrics.#ofRegistry.set(registry, metrics);
    return metrics;
  }

  readonly #queues = new Map<string, ActiveQueue>();
  readonly #reconciles: Counter<"controller" | "result">;
  readonly #errors: Counter<"controller">;
  readonly #terminalErrors: Counter<"controller">;
  readonly #seconds: Histogram<"controller">;
  readonly #activeWorkers: Gauge<"controller">;
  readonly #maxWorkers: Gauge<"controller">;
  readonly #depth: Gauge<"name" | "controller" | "priority">;
  readonly #adds: Counter<"name" | "controller">;
  readonly #retries: Counter<"name" | "controller">;
  readonly #queueSeconds: Histogram<"name" | "controller">;
  readonly #workSeconds: Histogram<"name" | "controller">;

  private constructor(registry: Registry) {
    const registers = [registry];
    const controller = ["controller"] as const;
    const queue = ["name", "controller"] as const;
    this.#reconciles = new Counter({
      name: "controller_runtime_reconcile_total",
      help: "Reconciliations by controller and result",
      labelNames: ["controller", "result"],
      registers,
    });
    this.#errors = new Counter({
      name: "controller_runtime_reconcile_errors_total",
      help: "Reconciliations that failed",
      labelNames: controller,
      registers,
    });
    this.#terminalErrors = new Counter({
      name: "controller_runtime_terminal_reconcile_errors_total",
      help: "Reconciliations that failed for good",
      labelNames: controller,
      registers,
    });
    this.#seconds = new Histogram({
      name: "controller_runtime_reconcile_time_seconds",
      help: "Duration of reconciliations",
      labelNames: controller,
      buckets: reconcileBuckets,
      registers,
    });
    this.#activeWorkers = new Gauge({
      name: "controller_runtime_active_workers",
      help: "Reconciliations that run now",
      labelNames: controller,
      registers,
    });
    this.#maxWorkers = new Gauge({
      name: "controller_runtime_max_concurrent_reconciles",
      help: "Reconciliations that may run at once",
      labelNames: controller,
      registers,
    });
    this.#depth = new Gauge({
      name: "workqueue_depth",
      help: "Requests that wait",
      labelNames: ["name", "controller", "priority"],
      registers,
    });
    this.#adds = new Counter({
      name: "workqueue_adds_total",
      help: "Requests added",
      labelNames: queue,
      registers,
    });
    this.#retries = new Counter({
      name: "workqueue_retries_total",
      help: "Requests added again after a failure",
      labelNames: queue,
      registers,
    });
    this.#queueSeconds = new Histogram({
      name: "workqueue_queue_duration_seconds",
      help: "Time a request waits",
      labelNames: queue,
      buckets: queueBuckets,
      registers,
    });
    this.#workSeconds = new Histogram({
      name: "workqueue_work_duration_seconds",
      help: "Time the work on a request takes",
      labelNames: queue,
      buckets: queueBuckets,
      registers,
    });
    this.#addUnfinishedWork(registers);
  }

  /** Shows every series at zero, so that a rate is right from the first event on. */
  initialise(controller: string, concurrency: number): void {
    for (const result of reconcileResults) this.#reconciles.inc({ controller, result }, 0);
    this.#errors.inc({ controller }, 0);
    this.#terminalErrors.inc({ controller }, 0);
    this.#seconds.zero({ controller });
    this.#activeWorkers.set({ controller }, 0);
    this.#maxWorkers.set({ controller }, concurrency);
    const queue = { name: controller, controller };
    for (const priority of ["high", "low"]) this.#depth.set({ ...queue, priority }, 0);
    this.#adds.inc(queue, 0);
    this.#retries.inc(queue, 0);
    this.#queueSeconds.zero(queue);
    this.#workSeconds.zero(queue);
  }

  queueObserver(controller: string): QueueObserver {
    const labels = { name: controller, controller };
    return {
      depth: (priority, size) => this.#depth.set({ ...labels, priority }, size),
      added: () => this.#adds.inc(labels),
      retried: () => this.#retries.inc(labels),
      taken: (seconds) => this.#queueSeconds.observe(labels, seconds),
      finished: (seconds) => this.#workSeconds.observe(labels, seconds),
    };
  }

  watchQueue<T>(controller: string, queue: WorkQueue<T>): void {
    this.#queues.set(controller, queue);
  }

  began(controller: string): void {
    this.#activeWorkers.inc({ controller });
  }

  /** Without a result: it was aborted, which says nothing. */
  ended(controller: string, outcome: { result?: ReconcileResult; terminal: boolean; seconds: number }): void {
    this.#activeWorkers.dec({ controller });
    if (!outcome.result) return;
    this.#reconciles.inc({ controller, result: outcome.result });
    this.#seconds.observe({ controller }, outcome.seconds);
    if (outcome.result === "error") this.#errors.inc({ controller });
    if (outcome.terminal) this.#terminalErrors.inc({ controller });
  }

  /** Both are computed when they are scraped: they grow while nothing happens. */
  #addUnfinishedWork(registers: Registry[]): void {
    const queues = this.#queues;
    const addGauge = (name: string, help: string, combine: (seconds: number[]) => number) =>
      new Gauge({
        name,
        help,
        labelNames: ["name", "controller"],
        registers,
        collect() {
          for (const [controller, queue] of queues) {
            const seconds = Array.from(queue.activeSince, (since) => (performance.now() - since) / 1000);
            this.set({ name: controller, controller }, combine(seconds));
          }
        },
      });
    addGauge("workqueue_unfinished_work_seconds", "Sum of the running work's age", (seconds) =>
      seconds.reduce((sum, value) => sum + value, 0),
    );
    addGauge("workqueue_longest_running_processor_seconds", "Age of the oldest running work", (seconds) =>
      Math.max(0, ...seconds),
    );
  }
}
