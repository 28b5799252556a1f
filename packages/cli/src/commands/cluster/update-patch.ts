import { usageError } from "../../command-error.ts";
import type { ProjectChoice } from "../../find.ts";

/** Of `fairlead cluster update`; what is absent is not sent, and stays as it is. */
export interface UpdateOptions extends ProjectChoice {
  name?: string;
  kubernetesVersion?: string;
  label?: string[];
  cni?: string;
  cniVersion?: string;
  proxyMode?: string;
  konnectivity?: boolean;
  dryRun?: boolean;
}

/** The merge patch that the options ask for. @throws CommandError if they ask for nothing, or for a label that is none */
export function updatePatch(options: UpdateOptions): object {
  const spec = present({
    version: options.kubernetesVersion,
    cniPlugin: cniPlugin(options),
    clusterNetwork: present({ proxyMode: options.proxyMode, konnectivityEnabled: options.konnectivity }),
  });
  const patch = present({ name: options.name, labels: options.label && labelPatch(options.label), spec });
  if (!patch) throw usageError("say what to change, for example with --cni-version; --help lists what can be changed");
  return patch;
}

/** The version of another CNI is chosen by the server unless it is named. */
function cniPlugin({ cni: type, cniVersion }: UpdateOptions): object | undefined {
  return present({ type, version: cniVersion ?? (type === undefined ? undefined : "") });
}

/** `key=value` sets a label, `key-` takes it away. */
function labelPatch(labels: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    labels.map((text): [string, string | null] => {
      const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
      if (key !== undefined && value !== undefined) return [key, value];
      if (/^[^=]+-$/.test(text)) return [text.slice(0, -1), null];
      throw usageError(`--label ${text}: expected key=value, or key- to take the label away`);
    }),
  );
}

/** Without the fields that are undefined; undefined if none is left. */
function present(fields: object): object | undefined {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
