import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ApiServerPlacement } from "../flags/api-server.ts";
import type { KeyPairFiles } from "../flags/arguments.ts";
import { readPki, writePki, writeSecretFile } from "../pki/directory.ts";
import { kubeconfig } from "../pki/kubeconfig.ts";
import { completePki, type PkiFiles, type PkiPlan, requirePair, requirePem } from "../pki/pki.ts";
import { admissionConfiguration, webhookFilesKubeconfig } from "../pki/webhook-client.ts";
import type { TlsIdentity } from "./https.ts";

/** Users of an API server that get a kubeconfig; each is the name of its certificate, too. */
export type User = "admin" | "manager" | "controller-manager" | "scheduler" | "kwok";

/** The files of one control plane below its directory, completed to what is needed now. */
export class ControlPlaneFiles {
  readonly directory: string;
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  readonly pki: PkiFiles;
  readonly kubeconfigs: Readonly<Partial<Record<User, string>>>;

  private constructor(directory: string, parts: Pick<ControlPlaneFiles, "url" | "pki" | "kubeconfigs">) {
    this.directory = directory;
    this.url = parts.url;
    this.pki = parts.pki;
    this.kubeconfigs = parts.kubeconfigs;
  }

  /** Keeps what is on disk and still right, creates the rest; see `completePki`. */
  static async complete(
    directory: string,
    options: { name: string; url: string; plan: PkiPlan; users: readonly User[] },
  ): Promise<ControlPlaneFiles> {
    const { name, url, plan, users } = options;
    const pkiDirectory = join(directory, "pki");
    const pki = await completePki(plan, await readPki(pkiDirectory), new Date());
    await writePki(pkiDirectory, pki);
    const kubeconfigs: Partial<Record<User, string>> = {};
    for (const user of users) {
      const client = requirePair(pki, user);
      kubeconfigs[user] = kubeconfig({
        clusterName: name,
        userName: user,
        server: url,
        authority: requirePem(pki, "ca.crt"),
        client,
      });
      await writeSecretFile(join(directory, `${user}.kubeconfig`), kubeconfigs[user]);
    }
    const files = new ControlPlaneFiles(directory, { url, pki, kubeconfigs });
    const webhookClientPath = join(directory, "webhook-client.kubeconfig");
    await writeSecretFile(webhookClientPath, webhookFilesKubeconfig(files.pair("webhook-client")));
    await writeSecretFile(files.admissionConfigPath, admissionConfiguration(webhookClientPath));
    return files;
  }

  get admissionConfigPath(): string {
    return join(this.directory, "admission.yaml");
  }

  pair(name: string): KeyPairFiles {
    return { cert: this.pkiPath(`${name}.crt`), key: this.pkiPath(`${name}.key`) };
  }

  pkiPath(file: string): string {
    return join(this.directory, "pki", file);
  }

  kubeconfigPath(user: User): string {
    return join(this.directory, `${user}.kubeconfig`);
  }

  kubeconfig(user: User): string {
    const text = this.kubeconfigs[user];
    if (text === undefined) throw new Error(`no kubeconfig was made for ${user}`);
    return text;
  }

  logPath(component: string): string {
    return join(this.directory, "logs", `${component}.log`);
  }

  /** Fairlead's own identity. */
  identity(): TlsIdentity {
    return { ca: requirePem(this.pki, "ca.crt"), ...requirePair(this.pki, "manager") };
  }

  apiServerPki(): ApiServerPlacement["pki"] {
    return {
      clientCaFile: this.pkiPath("ca.crt"),
      serving: this.pair("apiserver"),
      serviceAccount: { publicKey: this.pkiPath("sa.pub"), privateKey: this.pkiPath("sa.key") },
      frontProxyCaFile: this.pkiPath("front-proxy-ca.crt"),
      frontProxyClient: this.pair("front-proxy-client"),
    };
  }

  /** Changes when one of the PEM files or texts does. */
  revision(pemFiles: readonly string[], texts: readonly string[] = []): string {
    const hash = createHash("sha256");
    for (const content of [...pemFiles.map((file) => requirePem(this.pki, file)), ...texts])
      hash.update(content).update("\0");
    return hash.digest("hex");
  }
}
