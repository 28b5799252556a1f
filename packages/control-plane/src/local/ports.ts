import { join } from "node:path";
import { isPortFree, reservePorts } from "@fairlead/components";
import { readIfExists, writeSecretFile } from "../pki/directory.ts";

/** Everything of the embedded mode listens here, and nowhere else. */
export const loopback = "127.0.0.1";

/** Name of a listener -> port. */
export type PortMap = Readonly<Record<string, number>>;

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
   * @param options.listening names whose process runs, so that its port is rightly in use
   */
  async assign<Name extends string>(
    owner: string,
    names: readonly Name[],
    options: { recorded: PortMap; listening: ReadonlySet<string> },
  ): Promise<Record<Name, number>> {
    const { recorded, listening } = options;
    const assigned: Partial<Record<Name, number>> = {};
    for (const name of names) {
      const port = recorded[name];
      const keep = port !== undefined && (listening.has(name) || (await this.#isFor(owner, port)));
      assigned[name] = keep ? port : await this.#another();
    }
    this.release(owner);
    this.claim(owner, assigned as Record<Name, number>);
    return assigned as Record<Name, number>;
  }

  async #isFor(owner: string, port: number): Promise<boolean> {
    return (this.#owners.get(port) ?? owner) === owner && (await isPortFree(port));
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
