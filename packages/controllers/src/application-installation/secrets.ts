import { builtin, type KubeClient } from "@fairlead/kube";
import { installationNamespace } from "@fairlead/resources";

/** Says what a Secret may be used for; one without it is not handed to any chart source. KKP's annotation. */
const secretTypeAnnotation = "apps.kubermatic.k8c.io/secret-type";

/** A credential or certificate that a source needs and that cannot be read; the message says what is missing. */
export class SourceAccessError extends Error {
  override readonly name = "SourceAccessError";
}

export interface SecretSelector {
  name?: string | undefined;
  key: string;
  optional?: boolean | undefined;
}

/**
 * A key of a Secret in the namespace of the KubermaticConfiguration. Who may write ApplicationDefinitions could otherwise
 * send any Secret there to a server of his own: only those that say that they are for such sources are read.
 * @throws SourceAccessError
 */
export async function readSecret(
  management: KubeClient,
  selector: SecretSelector,
  { type, signal }: { type: "helm" | "git"; signal: AbortSignal },
): Promise<string> {
  const ref = { name: selector.name ?? "", namespace: installationNamespace };
  const named = `Secret ${ref.namespace}/${ref.name}`;
  const secret = await management.find(builtin.Secret, ref, { signal });
  if (!secret) throw new SourceAccessError(`${named} is not there`);
  const found = secret.metadata.annotations?.[secretTypeAnnotation];
  if (found !== type) {
    throw new SourceAccessError(
      `${named} is not for ${type} sources: expected annotation ${secretTypeAnnotation}: ${type}`,
    );
  }
  const value = secret.data?.[selector.key];
  if (value === undefined) throw new SourceAccessError(`${named} has no key "${selector.key}"`);
  return Buffer.from(value, "base64").toString("utf8");
}

const bundleKey = "ca-bundle.pem";

/** The authorities of `spec.caBundle` of the KubermaticConfiguration: PEM. @throws SourceAccessError */
export async function readCaBundle(management: KubeClient, name: string, signal: AbortSignal): Promise<string> {
  const ref = { name, namespace: installationNamespace };
  const configMap = await management.find(builtin.ConfigMap, ref, { signal });
  const bundle = configMap?.data?.[bundleKey];
  if (bundle) return bundle;
  const missing = configMap ? `has no key "${bundleKey}"` : "is not there";
  throw new SourceAccessError(
    `spec.caBundle of the KubermaticConfiguration: ConfigMap ${ref.namespace}/${name} ${missing}`,
  );
}
