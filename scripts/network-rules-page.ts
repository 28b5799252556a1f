import {
  allowedVersions,
  type Catalogue,
  type CniVersion,
  catalogueNames,
  defaultClusterSpec,
  type ForcedUpgrade,
  loadCatalogue,
  ruleBook,
} from "@fairlead/network";

/** `docs/network-rules.md`, made from the tables that decide. */
export function networkRulesPage(): string {
  return `${[
    `# The network rules

*This page is made from the rules themselves (\`npm run docs\`); a test keeps it current.*

The same rules judge a write by REST, by \`kubectl\` and in \`fairlead rules\`. Each has a code that stays, so that scripts can rely on it. A write that
leaves something open is completed first, then judged as a whole: all errors come at once. \`fairlead explain\` says for a cluster where each
value came from and which CNI versions it may go to.`,
    `## Defaults

What a new cluster leaves open, filled in this order. The last column is what a cluster gets that says nothing about its network, in the
datacenter of a provider without rules of its own. A later write to a cluster that leaves a field open leaves it as it is.`,
    defaults(),
    `## What a cluster must be

Every cluster obeys these when it is created, and after every later write to its spec. *Stricter* are those that KKP does not have: without
them there would be clusters that do not work. A later write is refused for them only where the write itself makes something wrong, so that
clusters from elsewhere can be edited; the same goes for rules about *surroundings*, which may change without the cluster: datacenters, and
versions on offer. A field that is left out counts as \`""\`.`,
    table(
      ["code", "field", "rule", ""],
      ruleBook.creation.map(({ code, fields, summary, stricter, surroundings }) => [
        `\`${code}\``,
        paths(fields),
        summary,
        stricter ? "stricter" : surroundings ? "surroundings" : "",
      ]),
    ),
    `## What may change

The rest may be changed to whatever a new cluster may have. A label counts by its presence, whatever its value, and may come with the
change that it allows.`,
    table(
      ["code", "field", "rule", "taken away by label"],
      ruleBook.update.map(({ code, fields, summary, unlockedBy }) => [
        `\`${code}\``,
        paths(fields),
        summary,
        unlockedBy ? `\`${unlockedBy}\`` : "",
      ]),
    ),
    `## Warnings

Accepted, and yet worth knowing. They travel as \`Warning\` headers of the REST API and of the Kubernetes API, so \`kubectl\` shows them.`,
    table(
      ["code", "field", "why"],
      [...ruleBook.creationWarnings, ...ruleBook.updateWarnings].map(({ code, fields, summary }) => [
        `\`${code}\``,
        paths(fields),
        summary,
      ]),
    ),
    `## CNI versions

\`spec.userCluster.cni.catalogue\` of the KubermaticConfiguration chooses a catalogue, \`current\` if it says nothing, and
\`spec.userCluster.cni.overlay\` lays changes over it: it announces versions, deprecates them with their advisories, and removes them. What
a cluster still uses stays known as deprecated.

\`\`\`yaml
spec:
  userCluster:
    cni:
      catalogue: current
      overlay:
        canal:
          versions:
            - { version: v3.32, delivery: addon, kubernetes: { from: "1.34", to: "1.37" } }
            - { version: v3.29, phase: deprecated, advisories: [CVE-2026-12345] }
          removedVersions: [v3.19]
\`\`\`

A version outside of its Kubernetes range is accepted with a warning. *Deprecated* ones are accepted, but not offered. A forced upgrade goes with the
write that raises \`spec.version\`.`,
    ...catalogueNames.toReversed().map((name) => catalogue(loadCatalogue(name))),
  ].join("\n\n")}\n`;
}

function defaults(): string {
  const minimal = { version: "1.36.3", cloud: { dc: "dc", anexia: {} } };
  const { origins } = defaultClusterSpec(minimal, {
    catalogue: loadCatalogue("current"),
    kubernetesVersions: [minimal.version],
  });
  return table(
    ["field", "rule", "value, and why"],
    ruleBook.defaults.map(({ name, path, summary }) => {
      const origin = origins.find(({ rule }) => rule === name);
      const field = typeof path === "function" ? "spec.cloud.<provider>.nodePortsAllowedIPRanges" : path.text;
      return [`\`${field}\``, summary, origin ? `\`${JSON.stringify(origin.value)}\`: ${origin.reason}` : "not set"];
    }),
  );
}

function catalogue(shown: Catalogue): string {
  const plugins = [...shown.types].filter(([type]) => type !== "none");
  const versions = table(
    ["type", "version", "", "delivered as", "Kubernetes", "least kernel", "advisories"],
    plugins.flatMap(([type, { defaultVersion }]) =>
      allowedVersions(shown, type)
        .toReversed()
        .map((entry) => [
          type,
          entry.version,
          entry.version === defaultVersion ? "default" : entry.phase,
          entry.delivery ?? "",
          range(entry),
          entry.leastKernel ?? "",
          entry.advisories.join(", "),
        ]),
    ),
  );
  const forced = plugins.flatMap(([type, { forcedUpgrades }]) =>
    forcedUpgrades.map((upgrade) => `* ${forcedUpgrade(type, upgrade)}`),
  );
  return [`### Catalogue ${shown.name}`, versions, forced.join("\n")].join("\n\n");
}

function forcedUpgrade(type: string, { fromKubernetes, replaces, target }: ForcedUpgrade): string {
  const old = "exactly" in replaces ? replaces.exactly : `below ${replaces.below}`;
  return `Kubernetes ${fromKubernetes} and newer: ${type} ${old} becomes ${target === "latest" ? "the latest supported" : target}`;
}

function range({ kubernetes }: CniVersion): string {
  return kubernetes ? `${kubernetes.from} to ${kubernetes.to}` : "any";
}

function paths(fields: readonly string[]): string {
  return fields.map((field) => `\`${field}\``).join("<br>");
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}
