import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isPortFree, reservePorts } from "@fairlead/components";
import { readIfExists, writeSecretFile } from "../pki/directory.ts";

/** Everything of the embedded mode listens here, and nowhere else. */
export const loopback = "127.0.0.1";

/** Name of a listener -> port. */
export type PortMap = Readonly<Record<string, number>>;

/** A process that was restarted this moment listens before it is known, longer on a busy machine. */
const knownAfter = { looks: 10, intervalMs: 200 };

/** Which owner has which port, also while nothing of the owner's runs: a cluster keeps its address over a restart. */
export class PortRegistry {
  readonly #owners = new Map<number, string>();

  claim(owner: string, ports: PortMap): void {
    for (const port of Object.values(ports)) this.#owners.set(port, owner);
  }

  release(owner: string): void {
    for (const [port, holder] of this.#owners) if (holder === owner) this.#owners.delete(port);
  }

  /**
   * A port for each name: the recorded one while the owner listens on it or could, else another one.
   *
   * @param options.isListening whether the process of that name runs, so that its port is rightly in use; asked more than once
   */
  async assign<Name extends string>(
    owner: string,
    names: readonly Name[],
    options: { recorded: PortMap; isListening?: (name: Name) => boolean },
  ): Promise<Record<Name, number>> {
    const { recorded, isListening = () => false } = options;
    const assigned: Partial<Record<Name, number>> = {};
    for (const name of names) {
      const port = recorded[name];
      const keep = port !== undefined && (await this.#isFor(owner, port, () => isListening(name)));
      assigned[name] = keep ? port : await this.#another();
    }
    this.release(owner);
    this.claim(owner, assigned as Record<Name, number>);
    return assigned as Record<Name, number>;
  }

  async #isFor(owner: string, port: number, isListening: () => boolean): Promise<boolean> {
    if ((this.#owners.get(port) ?? owner) !== owner) return isListening();
    for (let look = 1; ; look++) {
      if (isListening() || (await isPortFree(port))) return true;
      if (look === knownAfter.looks) return false;
      await sleep(knownAfter.intervalMs);
    }
  }

  async #another(): Promise<number> {
    const [port] = await reservePorts(1, { exclude: new Set(this.#owners.keys()) });
    if (port === undefined) throw new Error(`no TCP port of ${loopback} is free`);
    return port;
  }
}

const fileName = "ports.json";

/** The ports that a directory's owner had last; none if there is no readable record. */
export async function readPorts(directory: string): Promise<PortMap> {
  const text = await readIfExists(join(directory, fileName));
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter((entry) => Number.isInteger(entry[1])));
  } catch {
    return {};
  }
}

export async function writePorts(directory: string, ports: PortMap): Promise<void> {
  await writeSecretFile(join(directory, fileName), `${JSON.stringify(ports)}\n`);
}
