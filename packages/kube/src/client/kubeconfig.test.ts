import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { parseKubeconfig } from "./kubeconfig.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

function kubeconfig(cluster: object, user: object = {}): string {
  return stringify({
    "current-context": "one",
    contexts: [
      { name: "one", context: { cluster: "c", user: "u" } },
      { name: "two", context: { cluster: "missing", user: "u" } },
    ],
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:6443", ...cluster } }],
    users: [{ name: "u", user }],
  });
}

describe("parseKubeconfig", () => {
  it("reads embedded certificates", () => {
    const user = { "client-certificate-data": base64("CERT"), "client-key-data": base64("KEY") };
    const text = kubeconfig({ "certificate-authority-data": base64("CA"), "tls-server-name": "api" }, user);
    expect(parseKubeconfig(text)).toMatchObject({
      server: "https://127.0.0.1:6443",
      ca: "CA",
      cert: "CERT",
      key: "KEY",
      tlsServerName: "api",
    });
  });

  it("reads a token", () => {
    expect(parseKubeconfig(kubeconfig({}, { token: "secret" })).token).toBe("secret");
  });

  it.each<[string, string, string | undefined, string]>([
    ["an empty text", "", undefined, "current-context: required"],
    ["an unknown context", kubeconfig({}), "three", 'contexts: no entry named "three" (there is: one, two)'],
    ["an unknown cluster", kubeconfig({}), "two", 'clusters: no entry named "missing" (there is: c)'],
    ["no server", kubeconfig({ server: "" }), undefined, "clusters[c].cluster.server: required"],
    ["a plugin", kubeconfig({}, { exec: {} }), undefined, "users[u].user.exec: not supported; accepted are"],
    ["a file", kubeconfig({ "certificate-authority": "/ca" }), undefined, "clusters[c].cluster.certificate-authority:"],
  ])("names the field of %s", (_, text, context, message) => {
    expect(() => parseKubeconfig(text, context)).toThrow(message);
  });
});
