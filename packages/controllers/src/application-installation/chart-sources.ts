import { allowedChartAddresses, type Installation } from "@fairlead/admission";
import {
  type ChartReference,
  type GitAccess,
  type HelmRunner,
  type RegistryAccess,
  registryConfigFor,
} from "@fairlead/helm";
import type { KubeClient } from "@fairlead/kube";
import type { ApplicationVersion, GitSource, HelmCredentials } from "@fairlead/resources";
import { gitChart, helmChart, UnusableInstallationError } from "./plan.ts";
import { readCaBundle, readSecret, type SecretSelector } from "./secrets.ts";

export interface ChartSourcesOptions {
  management: KubeClient;
  runner: HelmRunner;
  /** The settings in force: they may name authorities to trust. */
  installation: () => Installation;
}

/** Git servers want some user name beside a token, and look at the token only. */
const tokenUser = "oauth2";

/** From a version of an ApplicationDefinition to a chart that helm can fetch, credentials included. */
export class ChartSources {
  readonly #management: KubeClient;
  readonly #runner: HelmRunner;
  readonly #installation: () => Installation;

  constructor({ management, runner, installation }: ChartSourcesOptions) {
    this.#management = management;
    this.#runner = runner;
    this.#installation = installation;
  }

  /**
   * Fetches no chart yet. Of git it asks which commit a branch or tag stands for now.
   * @throws SourceAccessError, HelmError, UnusableInstallationError
   */
  async chart({ version, template }: ApplicationVersion, signal: AbortSignal): Promise<ChartReference> {
    const { helm, git } = template.source;
    if (helm) return helmChart(helm, await this.#registryAccess(helm.url, helm.credentials, signal));
    if (!git) throw new UnusableInstallationError(`Version ${version} has no source: expected helm or git`);
    const access = await this.#gitAccess(git, signal);
    const resolved = await this.#runner.resolveGitCommit({ remote: git.remote, ref: git.ref, access }, { signal });
    const credentials = template.templateCredentials?.helmCredentials;
    const dependencyAccess = await this.#registryAccess("", credentials, signal);
    return gitChart(git, { ...resolved, access, dependencyAccess });
  }

  async #registryAccess(
    url: string,
    credentials: HelmCredentials | undefined,
    signal: AbortSignal,
  ): Promise<RegistryAccess> {
    const read = (selector: SecretSelector) => readSecret(this.#management, selector, { type: "helm", signal });
    const access = await this.#trust(signal);
    const { registryConfigFile, username, password } = credentials ?? {};
    if (registryConfigFile) return { ...access, registryConfig: await read(registryConfigFile) };
    if (!username || !password) return access;
    const login = { username: await read(username), password: await read(password) };
    if (!url.startsWith("oci://")) return { ...access, login };
    return { ...access, registryConfig: registryConfigFor(new URL(url.replace(/^oci:/, "https:")).host, login) };
  }

  async #gitAccess({ credentials }: GitSource, signal: AbortSignal): Promise<GitAccess> {
    const read = async (selector: SecretSelector | undefined) =>
      selector ? await readSecret(this.#management, selector, { type: "git", signal }) : "";
    const access = await this.#trust(signal);
    switch (credentials?.method) {
      case undefined:
        return access;
      case "password": {
        const login = { username: await read(credentials.username), password: await read(credentials.password) };
        return { ...access, credentials: { kind: "password", ...login } };
      }
      case "token": {
        const username = (await read(credentials.username)) || tokenUser;
        return { ...access, credentials: { kind: "password", username, password: await read(credentials.token) } };
      }
      case "ssh-key":
        return { ...access, credentials: { kind: "ssh-key", key: await read(credentials.sshKey) } };
    }
  }

  /** What the KubermaticConfiguration says of all sources. */
  async #trust(signal: AbortSignal): Promise<Pick<RegistryAccess, "ca" | "allowedAddresses">> {
    const installation = this.#installation();
    const name = installation.configuration?.spec?.caBundle?.name;
    const allowedAddresses = allowedChartAddresses(installation);
    return { allowedAddresses, ...(name ? { ca: await readCaBundle(this.#management, name, signal) } : {}) };
  }
}
