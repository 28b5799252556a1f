import type { Logger } from "pino";
import { builtin } from "../builtin/builtin-types.ts";
import type { Lease } from "../builtin/machinery.ts";
import type { KubeClient } from "../client/kube-client.ts";
import { microTime } from "../micro-time.ts";
import { sleep } from "../sleep.ts";
import { isAlreadyExists, isConflict } from "../status-error.ts";

export interface LeaderElectorOptions {
  client: KubeClient;
  /** Of the Lease. */
  namespace: string;
  name: string;
  /** Unique to this process, such as the pod's name. */
  identity: string;
  logger?: Logger;
  /** How long others wait after the last renewal they saw; default 15,000. */
  leaseDurationMs?: number;
  /** How long the leader tries to renew before it gives up; default 10,000. Less than the lease's duration. */
  renewDeadlineMs?: number;
  /** Between tries; default 2,000. */
  retryPeriodMs?: number;
}

/**
 * At most one leader by a `Lease`, after client-go's leader election: a lease is stale when this process has seen it
 * unchanged for its whole duration by its own clock, so clocks of different machines are never compared.
 */
export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #leaseDurationMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryPeriodMs: number;
  /** The lease as last seen, and when it was first seen like this. */
  #observed: { lease: Lease; at: number } | undefined;

  /** @throws RangeError unless lease duration > renew deadline > retry period */
  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#leaseDurationMs = options.leaseDurationMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryPeriodMs = options.retryPeriodMs ?? 2_000;
    if (this.#leaseDurationMs <= this.#renewDeadlineMs || this.#renewDeadlineMs <= this.#retryPeriodMs) {
      throw new RangeError("leaseDurationMs must exceed renewDeadlineMs, and that retryPeriodMs");
    }
  }

  /**
   * Waits for the lead, runs `lead` with a signal that is aborted when the lead is lost, and gives the lease back
   * once `lead` has ended. Resolves after that; so also when the lead was lost.
   */
  async run(signal: AbortSignal, lead: (leading: AbortSignal) => Promise<void>): Promise<void> {
    const { logger, identity } = this.#options;
    while (!(await this.#tryOnce(signal))) {
      await sleep(this.#retryPeriodMs, signal).catch(() => {});
      if (signal.aborted) return;
    }
    logger?.info({ identity }, "Leading");
    const lost = new AbortController();
    const renewal = this.#renew(AbortSignal.any([signal, lost.signal])).finally(() => lost.abort());
    try {
      await lead(AbortSignal.any([signal, lost.signal]));
    } finally {
      lost.abort();
      await renewal;
      await this.#release();
    }
  }

  /** Ends when aborted, or when no renewal succeeded within the deadline. */
  async #renew(signal: AbortSignal): Promise<void> {
    let renewedAt = performance.now();
    while (!signal.aborted) {
      await sleep(this.#retryPeriodMs, signal).catch(() => {});
      if (signal.aborted) return;
      const left = this.#renewDeadlineMs - (performance.now() - renewedAt);
      const began = performance.now();
      // Not cut off by who stops: it may have been stored then, and a lease that was last seen older cannot be given back.
      if (await this.#tryOnce(AbortSignal.timeout(Math.max(0, Math.ceil(left))))) renewedAt = began;
      else if (this.#holder() !== this.#options.identity || performance.now() - renewedAt >= this.#renewDeadlineMs) {
        this.#options.logger?.error({ holder: this.#holder() }, "Stopping, the lead is lost");
        return;
      }
    }
  }

  /** One try to take or renew the lease. Errors count as failure: the next try follows. */
  async #tryOnce(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#acquireOrRenew(signal);
    } catch (error) {
      if (!signal.aborted && !isConflict(error) && !isAlreadyExists(error)) {
        this.#options.logger?.warn({ err: error }, "Retrying to get the lease");
      }
      return false;
    }
  }

  async #acquireOrRenew(signal: AbortSignal): Promise<boolean> {
    const { client, namespace, name, identity } = this.#options;
    const now = microTime(new Date());
    const found = await client.find(builtin.Lease, { namespace, name }, { signal });
    if (!found) {
      const spec = { ...this.#claim(now), acquireTime: now, leaseTransitions: 0 };
      this.#observe(await client.create(builtin.Lease, { metadata: { namespace, name }, spec }, { signal }));
      return true;
    }
    this.#observe(found);
    const mine = found.spec?.holderIdentity === identity;
    if (!mine && !this.#isStale(found)) return false;
    const spec = {
      ...this.#claim(now),
      acquireTime: mine ? found.spec?.acquireTime : now,
      leaseTransitions: (found.spec?.leaseTransitions ?? 0) + (mine ? 0 : 1),
    };
    // Carries the resourceVersion just read: of two that try at once, one gets a Conflict.
    this.#observe(await client.replace(builtin.Lease, { ...found, spec }, { signal }));
    return true;
  }

  #claim(now: string): Lease["spec"] {
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.ceil(this.#leaseDurationMs / 1000),
      renewTime: now,
    };
  }

  #isStale(lease: Lease): boolean {
    if (!lease.spec?.holderIdentity) return true; // given back
    return performance.now() - (this.#observed?.at ?? 0) > this.#leaseDurationMs;
  }

  #observe(lease: Lease): void {
    if (this.#observed?.lease.metadata.resourceVersion === lease.metadata.resourceVersion) return;
    this.#observed = { lease, at: performance.now() };
  }

  #holder(): string | undefined {
    return this.#observed?.lease.spec?.holderIdentity;
  }

  /** So that the next leader need not wait for the lease to run out. Best effort. */
  async #release(): Promise<void> {
    const { client, identity, logger } = this.#options;
    const lease = this.#observed?.lease;
    if (!lease || lease.spec?.holderIdentity !== identity) return;
    const spec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1, renewTime: microTime(new Date()) };
    try {
      const signal = AbortSignal.timeout(this.#leaseDurationMs - this.#renewDeadlineMs);
      await client.replace(builtin.Lease, { ...lease, spec }, { signal });
    } catch (error) {
      logger?.debug({ err: error }, "Giving the lease back failed");
    }
  }
}
