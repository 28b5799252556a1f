import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { ProcessSpec, Supervisor } from "@fairlead/components";
import type { ComponentHealth } from "../provider.ts";

/** What a component should be started with. */
export interface ComponentSpec {
  /** Unique in the supervisor. */
  name: string;
  command: string;
  args: readonly string[];
  /** Digest of the files that the arguments name: other content restarts the process, as other arguments do. */
  revision: string;
  logFile: string;
  /** Answers whether it serves; absent: it serves as soon as it runs. Never throws. */
  probe?: (signal: AbortSignal) => Promise<boolean>;
}

const readyTimeoutMs = 120_000;
const stopTimeoutMs = 10_000;
const probeIntervalMs = 100;

/** One process of a control plane, moved towards its spec. */
export class Component {
  readonly #supervisor: Supervisor;
  readonly #onChange: () => void;
  #spec: ComponentSpec | undefined;
  /** Always the newest: what it asks with is renewed, which is no reason for a restart. */
  #probe: ComponentSpec["probe"];
  #health: ComponentHealth = "provisioning";

  constructor(supervisor: Supervisor, onChange: () => void) {
    this.#supervisor = supervisor;
    this.#onChange = onChange;
  }

  get health(): ComponentHealth {
    return this.#health;
  }

  /** True while the supervisor has a process of this component, or is about to restart it. */
  get isStarted(): boolean {
    return this.#spec !== undefined && this.#supervisor.get(this.#spec.name) !== undefined;
  }

  /** Absent while no process runs. */
  get pid(): number | undefined {
    return this.#spec && this.#supervisor.get(this.#spec.name)?.pid;
  }

  /** True while a process runs that may hold its port. */
  get isListening(): boolean {
    return this.pid !== undefined;
  }

  /** Starts it, or restarts it if it was started with something else, and waits until it serves. */
  async ensure(spec: ComponentSpec, signal: AbortSignal): Promise<void> {
    this.#probe = spec.probe;
    if (this.isStarted && isSame(this.#spec, spec)) return;
    await this.stop();
    this.#spec = spec;
    this.#setHealth("provisioning");
    try {
      await mkdir(dirname(spec.logFile), { recursive: true, mode: 0o700 });
      const process = await this.#supervisor.start(this.#processSpec(spec), { signal });
      process.onExit((exit) => {
        if (!exit.expected) this.#setHealth("down");
      });
      // It may have ended between being ready and being listened to.
      this.#setHealth(process.pid === undefined ? "down" : "up");
    } catch (error) {
      this.#setHealth("down");
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (this.#spec !== undefined) await this.#supervisor.stop(this.#spec.name);
  }

  /** Asks a process that served before how it is now. */
  async check(signal: AbortSignal): Promise<void> {
    const spec = this.#spec;
    if (this.#probe === undefined || !this.#isSettled) return;
    const healthy = await this.#probe(signal);
    // It may have been restarted or stopped while it was asked.
    if (spec === this.#spec && this.#isSettled && !signal.aborted) this.#setHealth(healthy ? "up" : "down");
  }

  get #isSettled(): boolean {
    return this.#health !== "provisioning" && this.isListening;
  }

  #processSpec(spec: ComponentSpec): ProcessSpec {
    return {
      name: spec.name,
      command: spec.command,
      args: spec.args,
      logFile: spec.logFile,
      readyTimeoutMs,
      stopTimeoutMs,
      ready: async (signal) => {
        while (this.#probe !== undefined && !(await this.#probe(signal))) {
          await sleep(probeIntervalMs, undefined, { signal });
        }
        // Also after a restart by the supervisor, which nobody waits for.
        if (spec === this.#spec) this.#setHealth("up");
      },
    };
  }

  #setHealth(health: ComponentHealth): void {
    if (health === this.#health) return;
    this.#health = health;
    this.#onChange();
  }
}

function isSame(a: ComponentSpec | undefined, b: ComponentSpec): boolean {
  const essence = ({ name, command, args, revision }: ComponentSpec) => ({ name, command, args, revision });
  return a !== undefined && isDeepStrictEqual(essence(a), essence(b));
}
