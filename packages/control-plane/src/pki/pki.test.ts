import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { createAuthority, type KeyPair } from "./certificate.ts";
import { apiServerAlternativeNames, managementPki, userClusterPki } from "./cluster-plan.ts";
import { readPki, writePki } from "./directory.ts";
import { kubeconfig } from "./kubeconfig.ts";
import { completePki, type PkiFiles, requirePair } from "./pki.ts";

const now = new Date("2026-11-24T12:00:00Z");
const names = { serviceIp: "10.240.16.1", dnsDomain: "cluster.local" };
let etcdAuthority: KeyPair;
let webhookAuthority: KeyPair;
let files: PkiFiles;

beforeAll(async () => {
  etcdAuthority = await createAuthority("etcd", now);
  webhookAuthority = await createAuthority("webhook", now);
  files = await completePki(userClusterPki("abc", { names, etcdAuthority, webhookAuthority }), {}, now);
});

function certificate(name: string, set = files): X509Certificate {
  return new X509Certificate(requirePair(set, name).cert);
}

describe("a new cluster's certificates", () => {
  test("are signed by the authority they belong to, and by no other", () => {
    const authority = (name: string) => new X509Certificate(files[`${name}.crt`] ?? "");
    for (const name of ["apiserver", "admin", "manager", "controller-manager", "scheduler", "kwok"]) {
      expect(certificate(name).verify(authority("ca").publicKey), name).toBe(true);
      expect(certificate(name).verify(authority("front-proxy-ca").publicKey), name).toBe(false);
    }
    expect(certificate("front-proxy-client").verify(authority("front-proxy-ca").publicKey)).toBe(true);
    expect(certificate("etcd-client").verify(new X509Certificate(etcdAuthority.cert).publicKey)).toBe(true);
  });

  test("tell webhooks the management API from a user cluster of that name", async () => {
    const options = { names, etcdAuthority, webhookAuthority };
    const [management, cluster] = await Promise.all([
      completePki(managementPki(options), {}, now),
      completePki(userClusterPki("management", options), {}, now),
    ]);
    expect(certificate("webhook-client", management).subject).toBe("CN=kube-apiserver:management");
    expect(certificate("webhook-client", cluster).subject).toBe("CN=kube-apiserver:cluster-management");
    expect(certificate("webhook-client").verify(new X509Certificate(webhookAuthority.cert).publicKey)).toBe(true);
  });

  test("carry the Kubernetes identities as subject", () => {
    expect(certificate("manager").subject).toBe("O=system:masters\nCN=fairlead:manager");
    expect(certificate("admin").subject).toBe("O=fairlead:cluster-admins\nCN=fairlead:admin");
    expect(certificate("controller-manager").subject).toBe("CN=system:kube-controller-manager");
    expect(certificate("scheduler").subject).toBe("CN=system:kube-scheduler");
  });

  test("serve the names and addresses clients use", () => {
    const serving = certificate("apiserver");
    for (const host of ["kubernetes", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "localhost"]) {
      expect(serving.checkHost(host), host).toBe(host);
    }
    for (const ip of ["10.240.16.1", "127.0.0.1"]) expect(serving.checkIP(ip), ip).toBe(ip);
    expect(serving.checkHost("example.com")).toBeUndefined();
    expect(serving.checkIP("10.240.16.2")).toBeUndefined();
  });

  test("may be used for what they are for only", () => {
    const client = "1.3.6.1.5.5.7.3.2";
    const server = "1.3.6.1.5.5.7.3.1";
    expect(certificate("apiserver").keyUsage).toEqual([server]);
    expect(certificate("admin").keyUsage).toEqual([client]);
    expect(certificate("apiserver").ca).toBe(false);
    expect(certificate("ca").ca).toBe(true);
  });

  test("leave the etcd authority's key where it belongs", () => {
    expect(files).toHaveProperty(["etcd-ca.crt"]);
    expect(files).not.toHaveProperty(["etcd-ca.key"]);
  });

  test("verify service account tokens with the key that signs them", () => {
    const derived = createPublicKey(files["sa.key"] ?? "").export({ type: "spki", format: "pem" });
    expect(derived.toString().trim()).toBe((files["sa.pub"] ?? "").replaceAll("\r", "").trim());
  });
});

describe("completing a set", () => {
  const plan = () => userClusterPki("abc", { names, etcdAuthority, webhookAuthority });

  test("changes nothing while everything is right", async () => {
    expect(await completePki(plan(), files, new Date("2027-06-01T00:00:00Z"))).toEqual(files);
  });

  test("renews leaf certificates near their end and keeps authorities and signing keys", async () => {
    const renewed = await completePki(plan(), files, new Date("2027-09-01T00:00:00Z"));
    for (const name of ["ca.crt", "ca.key", "front-proxy-ca.crt", "sa.key", "sa.pub"]) {
      expect(renewed[name], name).toBe(files[name]);
    }
    for (const name of ["apiserver", "admin", "etcd-client"]) {
      expect(certificate(name, renewed).validToDate.getUTCFullYear(), name).toBe(2028);
    }
  });

  test("re-issues only the certificate whose names changed", async () => {
    const moved = userClusterPki("abc", {
      names: { ...names, ips: ["192.0.2.10", "2001:db8::1"] },
      etcdAuthority,
      webhookAuthority,
    });
    const completed = await completePki(moved, files, now);
    expect(certificate("apiserver", completed).checkIP("192.0.2.10")).toBe("192.0.2.10");
    expect(certificate("apiserver", completed).checkIP("2001:db8::1")).toBe("2001:db8::1");
    expect(completed["admin.crt"]).toBe(files["admin.crt"]);
    expect(await completePki(moved, completed, now)).toEqual(completed);
  });

  test("re-issues what another authority signed, and a certificate whose key does not fit", async () => {
    const other = await createAuthority("etcd", now);
    const completed = await completePki(
      userClusterPki("abc", { names, etcdAuthority: other, webhookAuthority }),
      files,
      now,
    );
    expect(certificate("etcd-client", completed).verify(new X509Certificate(other.cert).publicKey)).toBe(true);
    const mixed = { ...files, "admin.key": files["kwok.key"] ?? "" };
    expect((await completePki(plan(), mixed, now))["admin.crt"]).not.toBe(files["admin.crt"]);
  });
});

describe("apiServerAlternativeNames", () => {
  test("follow KKP in a seed and name every address once", () => {
    expect(
      apiServerAlternativeNames({
        externalName: "abc.seed.example.com",
        serviceIp: "10.240.16.1",
        dnsDomain: "corp.example",
        seedNamespace: "cluster-abc",
        ips: ["100.64.30.10", "127.0.0.1"],
      }),
    ).toEqual({
      dnsNames: [
        "abc.seed.example.com",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.corp.example",
        "apiserver-external.cluster-abc.svc.cluster.local",
        "localhost",
      ],
      ips: ["10.240.16.1", "127.0.0.1", "100.64.30.10"],
    });
  });
});

describe("on disk", () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "fairlead pki "));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  test("files are for the owner only, come back equal, and what no longer belongs goes", async () => {
    const directory = join(root, "cluster abc", "pki");
    await writePki(directory, files);
    await writeFile(join(directory, "old.crt"), "left over");
    await writePki(directory, files);
    expect(await readPki(directory)).toEqual(files);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(directory)) {
      expect((await stat(join(directory, name))).mode & 0o777, name).toBe(0o600);
    }
  });
});

test("a kubeconfig carries server, authority and identity", () => {
  const client = requirePair(files, "admin");
  const text = kubeconfig({
    clusterName: "abc",
    userName: "admin",
    server: "https://127.0.0.1:6443",
    authority: files["ca.crt"] ?? "",
    client,
  });
  const parsed = parse(text);
  expect(parsed["current-context"]).toBe("admin@abc");
  expect(parsed.contexts).toEqual([{ name: "admin@abc", context: { cluster: "abc", user: "admin" } }]);
  expect(parsed.clusters[0].cluster.server).toBe("https://127.0.0.1:6443");
  expect(Buffer.from(parsed.users[0].user["client-certificate-data"], "base64").toString()).toBe(client.cert);
});
