/** Flags, and what they are for; `npm run bench -- --help` prints them. */
const flags = {
  gate: { type: "boolean", default: false, help: "a goal that is missed makes the command fail" },
  clusters: { type: "string", default: "1000", help: "how many" },
  requests: { type: "boolean", default: false, help: "print what was asked of API servers, by verb and kind" },
  "manager-arg": {
    type: "string",
    multiple: true,
    default: [] as string[],
    help: "of node, for the manager, as --manager-arg=--cpu-prof; may be repeated",
  },
  clients: { type: "string", default: "50", help: "who ask at once" },
  "max-concurrent": { type: "string", default: "50", help: "clusters that the roll-out changes at once" },
  real: { type: "string", default: "20", help: "real user API servers to compare the stand-in with; 0 leaves it out" },
  cni: { type: "string", default: "canal", help: "or none, with which a cluster has about half as many objects" },
} as const;
type Flag = keyof typeof flags;

/** Those of `fleet` share one fleet of clusters, and so one process. */
export const benchmarks = {
  rules: ["gate"],
  "rules-filter": ["gate"],
  embedded: ["gate"],
  memory: ["gate"],
  wave: ["gate", "clusters", "max-concurrent", "requests"],
  api: ["gate", "clusters", "clients", "manager-arg"],
  fleet: ["gate", "clusters", "cni", "real", "requests", "manager-arg"],
} as const satisfies Record<string, readonly Flag[]>;
export type Benchmark = keyof typeof benchmarks;
export const partsOfFleet = ["burst", "idle", "start-up"] as const;

/** For `parseArgs`. */
export function optionsOf<Name extends Benchmark>(name: Name): Pick<typeof flags, (typeof benchmarks)[Name][number]> {
  const taken: readonly Flag[] = benchmarks[name];
  return Object.fromEntries(taken.map((flag) => [flag, flags[flag]])) as never;
}

export function usage(): string {
  const names = [...Object.keys(benchmarks).filter((name) => name !== "fleet"), ...partsOfFleet];
  const takers = (flag: Flag) =>
    Object.entries(benchmarks).flatMap(([name, taken]: [string, readonly Flag[]]) =>
      taken.includes(flag) ? (name === "fleet" ? partsOfFleet : [name]) : [],
    );
  const described = Object.entries(flags).map(([flag, { type, help, default: byDefault }]) => {
    const value = type === "boolean" ? "" : ` <${typeof byDefault === "string" ? byDefault : "flag"}>`;
    return `  --${flag}${value}\n      ${help} (${takers(flag as Flag).join(", ")})`;
  });
  return [
    `usage: npm run bench -- [${names.join(" | ")}] ... [flags]; all of them if none is named`,
    ...described,
  ].join("\n");
}
