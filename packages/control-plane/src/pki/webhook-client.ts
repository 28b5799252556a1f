import { stringify } from "yaml";
import type { KeyPairFiles } from "../flags/arguments.ts";
import type { KeyPair } from "./certificate.ts";

/** How a kube-apiserver identifies itself to admission webhooks, whatever their address. */
export function webhookKubeconfig({ cert, key }: KeyPair): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return forEveryWebhook({ "client-certificate-data": base64(cert), "client-key-data": base64(key) });
}

/** The same with files, which kube-apiserver reads again by itself. */
export function webhookFilesKubeconfig({ cert, key }: KeyPairFiles): string {
  return forEveryWebhook({ "client-certificate": cert, "client-key": key });
}

function forEveryWebhook(user: Record<string, string>): string {
  return stringify({ apiVersion: "v1", kind: "Config", users: [{ name: "*", user }] });
}

/**
 * The file of `--admission-control-config-file`.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#authenticate-apiservers
 */
export function admissionConfiguration(kubeConfigFile: string): string {
  const configuration = {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "WebhookAdmissionConfiguration",
    kubeConfigFile,
  };
  return stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins: [
      { name: "MutatingAdmissionWebhook", configuration },
      { name: "ValidatingAdmissionWebhook", configuration },
    ],
  });
}
