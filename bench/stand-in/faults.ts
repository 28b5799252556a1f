/** What is wrong with a virtual cluster; nothing unless said. */
export interface Fault {
  /** Added to each answer. */
  delayMs?: number;
  /** Share of requests that are answered by 500, from 0 to 1. */
  failures?: number;
  /** `drop`: connections are cut as soon as they ask something. `hang`: nothing is answered. */
  line?: "drop" | "hang";
}

export class Faults {
  readonly #byCluster = new Map<string, Fault>();

  /** An empty fault heals. */
  set(clusterId: string, fault: Fault): void {
    if (Object.keys(fault).length === 0) this.#byCluster.delete(clusterId);
    else this.#byCluster.set(clusterId, fault);
  }

  of(clusterId: string): Fault {
    return this.#byCluster.get(clusterId) ?? {};
  }
}
