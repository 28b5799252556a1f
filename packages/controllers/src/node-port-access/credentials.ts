import { builtin, type KubeClient } from "@fairlead/kube";
import { type Cluster, installationNamespace, projectLabel } from "@fairlead/resources";

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Why the provider's credentials cannot be used; the message says what is missing. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
}

/**
 * The Secret that `spec.cloud.aws.credentialsReference` names. Who may write Clusters could otherwise act with the credentials of
 * other projects: only a Secret beside the KubermaticConfiguration that says that it is the cluster's project's is read.
 * @throws CredentialsError
 */
export async function readAwsCredentials(
  management: KubeClient,
  { metadata, spec }: Cluster,
  signal: AbortSignal,
): Promise<AwsCredentials> {
  const { name, namespace = installationNamespace } = spec.cloud.aws?.credentialsReference ?? {};
  if (!name) throw new CredentialsError("spec.cloud.aws.credentialsReference.name: expected the name of a Secret");
  if (namespace !== installationNamespace) {
    throw new CredentialsError(`spec.cloud.aws.credentialsReference.namespace: expected ${installationNamespace}`);
  }
  const named = `Secret ${namespace}/${name}`;
  const secret = await management.find(builtin.Secret, { name, namespace }, { signal });
  if (!secret) throw new CredentialsError(`${named} is not there`);
  const project = metadata.labels?.[projectLabel];
  if (!project || secret.metadata.labels?.[projectLabel] !== project) {
    throw new CredentialsError(
      `${named} is not for this cluster's project: expected label ${projectLabel}: ${project ?? "ID"}`,
    );
  }
  const read = (key: string) => {
    const value = Buffer.from(secret.data?.[key] ?? "", "base64")
      .toString("utf8")
      .trim();
    if (!value) throw new CredentialsError(`${named} has no key "${key}"`);
    return value;
  };
  return { accessKeyId: read("accessKeyId"), secretAccessKey: read("secretAccessKey") };
}
