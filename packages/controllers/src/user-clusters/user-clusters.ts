import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, KubeClient, Turns, takeBreath } from "@fairlead/kube";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { Turnstile } from "./turnstile.ts";

/** A user cluster that can be talked to. */
export interface UserCluster {
  readonly id: string;
  readonly client: KubeClient;
  /** The manager's kubeconfig for it, as text: for helm. Holds a private key, never to be logged. */
  readonly kubeconfig: string;
  /** Aborted when the cluster is disconnected. */
  readonly signal: AbortSignal;
}

export interface UserClustersOptions {
  /** A cluster in which nothing happens for that long falls asleep. Absent: none ever does. */
  sleepAfterMs?: number | undefined;
  /**
   * Beyond that many, those in which nothing has happened for longest sleep sooner, and a complete one that is connected sleeps at once.
   * Matters only with `sleepAfterMs`.
   */
  maxAwake?: number | undefined;
  /**
   * Whether a cluster has by now what belongs into each; `checkComplete` is to be called when that may have changed. Until then it is
   * not the next new one's turn to be connected. Absent: always.
   */
  isComplete?: (clusterId: string) => boolean;
}

/** Nothing was asked: it has not answered lately, and the next try comes later. */
export class CircuitOpenError extends ConnectionError {}

/** Nothing was asked: clusters that came before have not got all that they lack. `onTurn` tells when to try again. */
export class NotItsTurnError extends Error {}

/** Stops when the signal is aborted. */
type Prepare = (client: KubeClient, signal: AbortSignal) => Promise<void>;
type Listener = (cluster: UserCluster) => void;
/** `awake` is aborted when the cluster falls asleep or is disconnected. */
type AwakeListener = (cluster: UserCluster, awake: AbortSignal) => void;

interface Connection {
  readonly id: string;
  readonly kubeconfig: string;
  readonly breaker: CircuitBreaker;
}

interface Entry {
  readonly cluster: UserCluster;
  readonly abort: AbortController;
  /** Absent while it sleeps. */
  awake: AbortController | undefined;
  /** Whether it was told of as complete since it woke up. */
  isFollowed: boolean;
  /** When something happened last, as `performance.now` counts. */
  touchedMs: number;
}

/** In a manager of many clusters one in which nothing happens holds no connection after that. */
export const usualSleepAfterMs = 10 * 60_000;

/** For calls to one cluster. Each costs a TLS handshake, and 0.1 MB that the process does not give back. */
const maxConnections = 2;
const idleMs = 4_000;
/** A cluster that takes longer holds up who works in it, and is no better than one that does not answer. */
const callTimeoutMs = 15_000;
const trialTimeoutMs = 5_000;
/** Of the work until a cluster is connected: one that needs longer goes on among the slow ones. */
const connectTimeoutMs = { swift: 15_000, slow: 120_000 };
/** Were hundreds connected at once, all of them would be awake long before it is their turn to get what they lack. */
const incompleteAtOnce = 32;
/** What takes longer to be connected, or to get what it lacks, keeps nobody else waiting. */
const longestMs = { toConnect: 2_000, toComplete: 30_000 };
const completionPollMs = 200;
const tellPauseMs = 50;
/** Clusters that lack nothing come back, one or all at once, without waiting for new ones. */
const returns = new Turns({ atOnce: 8, longestMs: 200 });
/** A cluster is slow while its answers take longer on average. */
const slowMs = 2_000;
const averageWeight = 0.3;
const breakerOptions = { threshold: 4, pause: { baseMs: 5_000, maxMs: 5 * 60_000 } };
/** An awake cluster costs about 0.7 MB, most of it outside the JavaScript heap, and the youngest clusters of a burst come on top. */
const defaultMaxAwake = 200;
/** Which part of the time after which clusters sleep has to pass where too many are awake. */
const soonestPart = 1 / 20;
/** What connections need is given back that often, too: a resync of the whole fleet opens some to each cluster. */
const longestSweepMs = 5_000;

/**
 * The user clusters whose API server is up, with one client each. The cluster controller connects and disconnects
 * them; controllers that work inside user clusters ask here and hear of changes. A cluster that stops answering is
 * disconnected: nobody works in it until a try, each later than the one before, has found it again.
 *
 * A connected cluster is awake or asleep. While it is awake its watches are open; one that sleeps is looked at from time to
 * time only, and costs no connection. What Fairlead itself writes wakes a cluster, as it is about to see what comes of it.
 */
export class UserClusters {
  readonly #connected = new Map<string, Entry>();
  readonly #awake = new Set<Entry>();
  /** Complete ones that are told of as such once no new one waits for its turn. */
  readonly #postponed = new Set<Entry>();
  #isTelling = false;
  readonly #breakers = new Map<string, CircuitBreaker>();
  /** Milliseconds until an answer, a moving average. */
  readonly #latencies = new Map<string, number>();
  readonly #listeners = new Set<Listener>();
  readonly #awakeListeners = new Set<AwakeListener>();
  readonly #completeListeners = new Set<AwakeListener>();
  readonly #lossListeners = new Set<(clusterId: string) => void>();
  readonly #turnListeners = new Set<(clusterId: string) => void>();
  readonly #turnstile = new Turnstile({
    atOnce: incompleteAtOnce,
    call: (id) => {
      for (const listener of this.#turnListeners) listener(id);
    },
    allCalled: () => void this.#tellPostponed(),
  });
  readonly #sleepAfterMs: number | undefined;
  readonly #maxAwake: number;
  readonly #isComplete: (clusterId: string) => boolean;
  #sweeping: NodeJS.Timeout | undefined;

  constructor(options: UserClustersOptions = {}) {
    this.#sleepAfterMs = options.sleepAfterMs;
    this.#maxAwake = options.maxAwake ?? defaultMaxAwake;
    this.#isComplete = options.isComplete ?? (() => true);
  }

  /**
   * Idempotent: the same kubeconfig keeps the client and its connections.
   * @param prepare run with the new client before anybody hears of the cluster; if it fails, the cluster stays unconnected
   * @throws CircuitOpenError; NotItsTurnError; ConnectionError if it does not answer; what `prepare` throws
   */
  async connect(id: string, kubeconfig: string, prepare: Prepare): Promise<void> {
    if (this.#connected.get(id)?.cluster.kubeconfig === kubeconfig) return;
    const breaker = this.#breakers.get(id) ?? new CircuitBreaker(breakerOptions);
    this.#breakers.set(id, breaker);
    if (breaker.pauseMs > 0) {
      this.#close(id);
      throw new CircuitOpenError(
        `it has not answered lately; the next try is in ${Math.ceil(breaker.pauseMs / 1000)} s`,
      );
    }
    const connect = () => this.#connect({ id, kubeconfig, breaker }, prepare);
    if (this.#isComplete(id)) {
      this.#turnstile.giveUp(id); // It may have been incomplete, and waited.
      this.#close(id);
      await returns.run(connect);
      return;
    }
    if (!this.#turnstile.enter(id)) throw new NotItsTurnError("other clusters come first");
    this.#close(id);
    const connected = connect();
    void this.#turn(id, connected).finally(() => this.#turnstile.leave());
    await connected;
  }

  async #connect({ id, kubeconfig, breaker }: Connection, prepare: Prepare): Promise<void> {
    const client = KubeClient.fromKubeconfig(kubeconfig, {
      userAgent: "fairlead",
      maxConnections,
      idleMs,
      timeoutMs: callTimeoutMs,
      onWrite: () => this.touch(id),
      onAnswer: (ms) => {
        if (ms === undefined) {
          if (breaker.failed()) this.#lose(id, client);
          return;
        }
        breaker.answered();
        this.#latencies.set(id, averageWeight * ms + (1 - averageWeight) * (this.#latencies.get(id) ?? ms));
      },
    });
    if (this.#canBeginAsleep(id)) client.rest();
    const limit = AbortSignal.timeout(this.isSlow(id) ? connectTimeoutMs.slow : connectTimeoutMs.swift);
    try {
      await client.requestText({ method: "GET", path: "/readyz", signal: AbortSignal.timeout(trialTimeoutMs) });
      await prepare(client, limit);
    } catch (error) {
      await client.close();
      if (limit.aborted) this.#latencies.set(id, Math.max(slowMs, this.#latencies.get(id) ?? 0));
      else if (error instanceof Error && error.name === "TimeoutError") breaker.failed();
      throw error;
    }
    const abort = new AbortController();
    const cluster: UserCluster = { id, client, kubeconfig, signal: abort.signal };
    const entry: Entry = { cluster, abort, awake: undefined, isFollowed: false, touchedMs: performance.now() };
    this.#connected.set(id, entry);
    const beginsAwake = !this.#canBeginAsleep(id);
    if (beginsAwake) this.#markAwake(entry);
    for (const listener of this.#listeners) listener(cluster);
    if (beginsAwake) this.#tellAwake(entry);
    this.#keepSweeping();
  }

  /** For a cluster that goes, or is somebody else's: nothing of it is remembered. */
  disconnect(id: string): void {
    this.#breakers.delete(id);
    this.#latencies.delete(id);
    this.#turnstile.giveUp(id);
    this.#close(id);
  }

  get(id: string): UserCluster | undefined {
    return this.#connected.get(id)?.cluster;
  }

  /** For somebody who may change something in the cluster: wakes it, so that the change is seen at once. */
  use(id: string): UserCluster | undefined {
    this.touch(id);
    return this.get(id);
  }

  /** Something happened in the cluster, or is about to. */
  touch(id: string): void {
    const entry = this.#connected.get(id);
    if (!entry) return;
    entry.touchedMs = performance.now();
    if (!entry.awake) this.#wake(entry);
  }

  /** When something happened last in a cluster that is connected, on `performance.now()`'s clock. */
  touchedMs(id: string): number | undefined {
    return this.#connected.get(id)?.touchedMs;
  }

  isAwake(id: string): boolean {
    return this.#connected.get(id)?.awake !== undefined;
  }

  /** Does not answer, or takes its time: it must not hold up the others. */
  isSlow(id: string): boolean {
    return (this.#breakers.get(id)?.isOpen ?? false) || (this.#latencies.get(id) ?? 0) >= slowMs;
  }

  /** When a cluster that does not answer is to be tried again; 0: at any time. */
  pauseMs(id: string): number {
    return this.#breakers.get(id)?.pauseMs ?? 0;
  }

  /** How many can be talked to, and how many do not answer. */
  get counts(): { connected: number; unreachable: number } {
    const unreachable = this.#breakers.values().filter((breaker) => breaker.pauseMs > 0);
    return { connected: this.#connected.size, unreachable: [...unreachable].length };
  }

  /** Called for every cluster that is connected now or later, awake or asleep. */
  onConnect(listener: Listener): void {
    this.#listeners.add(listener);
    for (const { cluster } of this.#connected.values()) listener(cluster);
  }

  /** Called for every cluster that is awake, each time that it wakes up; after those of `onConnect`. */
  onAwake(listener: AwakeListener): void {
    this.#awakeListeners.add(listener);
    for (const { cluster, awake } of this.#connected.values()) if (awake) listener(cluster, awake.signal);
  }

  /** Called for every cluster that is awake and complete, each time that it wakes up or once it is complete; after those of `onAwake`. */
  onComplete(listener: AwakeListener): void {
    this.#completeListeners.add(listener);
    for (const { cluster, awake, isFollowed } of this.#connected.values()) {
      if (awake && isFollowed) listener(cluster, awake.signal);
    }
  }

  /** To be told when a cluster may have become complete. In a burst, those that wait for their turn come before what is done then. */
  checkComplete(id: string): void {
    const entry = this.#connected.get(id);
    if (!entry?.awake || entry.isFollowed || !this.#isComplete(id)) return;
    if (!this.#turnstile.hasWaiting) this.#tellComplete(entry);
    else if (this.#areManyAwake)
      this.#fallAsleep(entry); // It would have to soon anyhow.
    else this.#postponed.add(entry);
  }

  /** Called with the id of a cluster that was disconnected because it does not answer. */
  onLoss(listener: (clusterId: string) => void): void {
    this.#lossListeners.add(listener);
  }

  /** Called with the id of a cluster that can be connected now, after {@link NotItsTurnError}. */
  onTurn(listener: (clusterId: string) => void): void {
    this.#turnListeners.add(listener);
  }

  closeAll(): void {
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
    for (const id of this.#connected.keys()) this.disconnect(id);
  }

  /** A manager that starts finds thousands of clusters that lack nothing: it is enough to look at them. */
  #canBeginAsleep(id: string): boolean {
    return this.#areManyAwake && this.#isComplete(id);
  }

  get #areManyAwake(): boolean {
    return this.#sleepAfterMs !== undefined && this.#awake.size >= this.#maxAwake;
  }

  #wake(entry: Entry): void {
    this.#markAwake(entry);
    this.#tellAwake(entry);
  }

  #markAwake(entry: Entry): void {
    entry.awake = new AbortController();
    entry.cluster.client.rouse();
    this.#awake.add(entry);
  }

  #tellAwake(entry: Entry): void {
    const { cluster, awake } = entry;
    if (!awake) return;
    for (const listener of this.#awakeListeners) listener(cluster, awake.signal);
    if (this.#isComplete(cluster.id)) this.#tellComplete(entry);
  }

  #tellComplete(entry: Entry): void {
    const { cluster, awake } = entry;
    if (!awake) return;
    entry.isFollowed = true;
    for (const listener of this.#completeListeners) listener(cluster, awake.signal);
  }

  /** One after the other: each opens watches, and the last new ones are not done yet. */
  async #tellPostponed(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (const entry of this.#postponed) {
      await sleep(tellPauseMs, undefined, { ref: false });
      if (this.#turnstile.hasWaiting) break;
      this.#postponed.delete(entry);
      if (!entry.isFollowed && this.#isComplete(entry.cluster.id)) this.#tellComplete(entry);
    }
    this.#isTelling = false;
  }

  #fallAsleep(entry: Entry): void {
    const { awake } = entry;
    entry.awake = undefined;
    entry.isFollowed = false;
    this.#awake.delete(entry);
    this.#postponed.delete(entry);
    awake?.abort();
  }

  #keepSweeping(): void {
    const after = this.#sleepAfterMs;
    if (after === undefined || this.#sweeping) return;
    const soonest = after * soonestPart;
    let isUnderWay = false;
    const sweep = async () => {
      if (isUnderWay) return;
      isUnderWay = true;
      await this.#sweep({ after, soonest });
      isUnderWay = false;
    };
    this.#sweeping = setInterval(() => void sweep(), Math.min(soonest, longestSweepMs));
    this.#sweeping.unref();
  }

  /** To end the watches of a cluster takes a millisecond: others have their turn in between. */
  async #sweep({ after, soonest }: { after: number; soonest: number }): Promise<void> {
    const quietMs = ({ touchedMs }: Entry) => performance.now() - touchedMs;
    for (const entry of this.#connected.values()) {
      await takeBreath();
      if (!entry.awake) entry.cluster.client.rest();
      else if (quietMs(entry) >= after) this.#fallAsleep(entry);
    }
    const tooMany = this.#awake.size - this.#maxAwake;
    if (tooMany <= 0) return;
    const longestQuiet = [...this.#awake].sort((a, b) => a.touchedMs - b.touchedMs).slice(0, tooMany);
    for (const entry of longestQuiet) {
      await takeBreath();
      if (entry.awake && quietMs(entry) >= soonest) this.#fallAsleep(entry);
    }
  }

  /** Ends when the next cluster may come: this one is complete, cannot be connected, or takes its time and goes on among the slow ones. */
  async #turn(id: string, connected: Promise<void>): Promise<void> {
    const tooLate = sleep(longestMs.toConnect, false, { ref: false });
    const inTime = connected.then(
      () => true,
      () => false,
    );
    if (!(await Promise.race([inTime, tooLate]))) return;
    const latest = performance.now() + longestMs.toComplete;
    while (this.get(id) && !this.isSlow(id) && !this.#isComplete(id) && performance.now() < latest) {
      await sleep(completionPollMs, undefined, { ref: false });
    }
  }

  #lose(id: string, client: KubeClient): void {
    if (this.#connected.get(id)?.cluster.client !== client) return;
    this.#close(id);
    for (const listener of this.#lossListeners) listener(id);
  }

  #close(id: string): void {
    const existing = this.#connected.get(id);
    if (!existing) return;
    this.#connected.delete(id);
    existing.abort.abort();
    this.#fallAsleep(existing);
    void existing.cluster.client.close();
  }
}
