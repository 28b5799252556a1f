import { stringify } from "yaml";
import type { KeyPair } from "./certificate.ts";

/** A kubeconfig with one context; certificates are embedded, so that the file can be handed on. */
export function kubeconfig(options: {
  clusterName: string;
  userName: string;
  server: string;
  authority: string;
  client: KeyPair;
}): string {
  const { clusterName, userName, server, authority, client } = options;
  const context = `${userName}@${clusterName}`;
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: clusterName, cluster: { server, "certificate-authority-data": base64(authority) } }],
    users: [
      {
        name: userName,
        user: { "client-certificate-data": base64(client.cert), "client-key-data": base64(client.key) },
      },
    ],
    contexts: [{ name: context, context: { cluster: clusterName, user: userName } }],
    "current-context": context,
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
