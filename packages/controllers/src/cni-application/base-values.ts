/**
 * What the values of a new CNI installation begin with (ruling 16). Pure.
 * @module
 */
import { type BaseValues, mergeValues } from "@fairlead/network";
import {
  type ApplicationDefinition,
  type Cluster,
  helmValues,
  initialCniValuesAnnotation,
  initialCniValuesLayerAnnotation,
} from "@fairlead/resources";

type Values = Record<string, unknown>;

/**
 * The request's values (or those of the template that the cluster was made from) in the place of the definition's defaults.
 * @throws SyntaxError if the annotation with initial values holds no JSON object
 */
export function baseValues(cluster: Cluster, definition: ApplicationDefinition | undefined): BaseValues {
  const { annotations } = cluster.metadata;
  const requested = parseRequest(annotations?.[initialCniValuesAnnotation]);
  if (requested && Object.keys(requested).length > 0) {
    const layer = annotations?.[initialCniValuesLayerAnnotation] === "template" ? "template" : "initial";
    return { layer, values: requested };
  }
  return { layer: "definition", values: structuredClone<Values>(definitionDefaults(definition)) };
}

function definitionDefaults(definition: ApplicationDefinition | undefined): Values {
  const { defaultValues, defaultValuesBlock } = definition?.spec ?? {};
  return helmValues({ values: defaultValues, valuesBlock: defaultValuesBlock });
}

function parseRequest(text: string | undefined): Values | undefined {
  if (!text) return undefined;
  const values: unknown = JSON.parse(text);
  if (typeof values === "object" && values !== null && !Array.isArray(values)) return values as Values;
  throw new SyntaxError(`metadata.annotations["${initialCniValuesAnnotation}"]: expected a JSON object of Helm values`);
}

/** The add-on renewed Hubble's certificates by a CronJob; the chart's own way does so only when somebody upgrades. */
const certificatesByCronJob = { hubble: { tls: { auto: { method: "cronJob" } } } };

/** For a cluster whose Cilium was an add-on until now: what is not said otherwise goes on as there. */
export function migratedFromAddon({ layer, values }: BaseValues): BaseValues {
  return { layer, values: mergeValues(certificatesByCronJob, values) };
}

/** For a cluster in which another CNI's overlay has the usual port. */
export function withOverlayPort({ layer, values }: BaseValues, port: number): BaseValues {
  return { layer, values: mergeValues({ tunnelPort: port }, values) };
}
