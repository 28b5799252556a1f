import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "@fairlead/api-client";
import { freePort, resolveBinary } from "@fairlead/components";
import { HelmRunner } from "@fairlead/helm";
import { KubeClient, waitFor } from "@fairlead/kube";
import {
  applicationDefinitionType,
  applicationInstallationType,
  clusterType,
  initialMachineDeploymentAnnotation,
  installationNamespace,
  kubermaticConfigurationType,
  projectLabel,
  unsafeCniMigrationLabel,
} from "@fairlead/resources";
import pino from "pino";
import { CommandError } from "../command-error.ts";
import { describeError } from "../describe-error.ts";
import { exitCode } from "../exit-code.ts";
import { type Embedded, startEmbedded } from "../start/embedded.ts";
import type { Step, Wanted } from "./plan.ts";
import { ciliumRef, differences, observe } from "./world.ts";

const configurationRef = { name: "fairlead", namespace: installationNamespace };
const folder = "verify";
const clusterTimeoutMs = 300_000;
/** As long as helm itself may wait: a busy machine is no reason to fail. */
const stepTimeoutMs = 600_000;

/** A Fairlead of its own, whose registry serves the packages that are to be verified. Nodes are simulated. */
export class Verification implements AsyncDisposable {
  readonly #directory: string;
  readonly #embedded: Embedded;
  readonly #management: KubeClient;
  readonly #api: ApiClient;
  readonly #signal: AbortSignal;
  #project = "";

  private constructor(
    directory: string,
    embedded: Embedded,
    parts: { token: string; kubeconfig: string; signal: AbortSignal },
  ) {
    this.#directory = directory;
    this.#embedded = embedded;
    this.#management = KubeClient.fromKubeconfig(parts.kubeconfig);
    this.#signal = parts.signal;
    this.#api = new ApiClient({ url: embedded.url, token: parts.token, signal: parts.signal });
  }

  static async start(packages: readonly string[], signal: AbortSignal): Promise<Verification> {
    const directory = await mkdtemp(join(tmpdir(), "fairlead-verify-"));
    try {
      const embedded = await startEmbedded({
        dataDirectory: directory,
        port: await freePort(),
        createLogger: (file) => pino(pino.destination({ dest: file, sync: false })),
        onStep: () => undefined,
        onBinaryProgress: () => undefined,
        signal,
      });
      const [token, kubeconfig] = await Promise.all([
        readFile(embedded.tokenFile, "utf8"),
        readFile(embedded.managementKubeconfig, "utf8"),
      ]);
      const verification = new Verification(directory, embedded, { token: token.trim(), kubeconfig, signal });
      try {
        await verification.#serve(packages);
      } catch (error) {
        await verification[Symbol.asyncDispose]();
        throw error;
      }
      return verification;
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Pushes the packages to the registry, and has Fairlead take Cilium from there. */
  async #serve(packages: readonly string[]): Promise<void> {
    const signal = this.#signal;
    const helmBinary = await resolveBinary("helm", { signal });
    const cacheDirectory = join(this.#directory, "verify-helm");
    const runner = new HelmRunner({ helmBinary, cacheDirectory, logger: pino({ level: "silent" }) });
    const helmRepository = `${this.#embedded.registry}/${folder}`;
    for (const path of packages) {
      await runner.push(path, `oci://${helmRepository}`, { access: { plainHttp: true }, signal });
    }
    const patch = { spec: { userCluster: { systemApplications: { helmRepository } } } };
    await this.#management.mergePatch(kubermaticConfigurationType, configurationRef, patch, { signal });
    await this.#until("the definition of Cilium to name the packages", async () => {
      const definition = await this.#management.find(applicationDefinitionType, { name: "cilium" });
      return definition?.spec.versions.every(({ template }) => template.source.helm?.url === `oci://${helmRepository}`);
    });
    this.#project = (await this.#api.createProject("verification")).id;
    await this.#until("the project", async () => (await this.#api.project(this.#project)).status === "Active");
  }

  /** Creates the cluster of a run's first step. */
  async createCluster(name: string, { version, proxyMode, dualStack }: Wanted): Promise<VerifiedCluster> {
    const annotations = { [initialMachineDeploymentAnnotation]: JSON.stringify({ spec: { replicas: 1 } }) };
    // A switch of the proxy mode is a migration; the label allows it.
    const labels = { [projectLabel]: this.#project, [unsafeCniMigrationLabel]: "" };
    await this.#management.create(
      clusterType,
      {
        metadata: { name, labels, annotations },
        spec: {
          humanReadableName: name,
          version: "1.36.3",
          cloud: { dc: "local", bringyourown: {} },
          cniPlugin: { type: "cilium", version },
          clusterNetwork: {
            ipFamily: dualStack ? "IPv4+IPv6" : "IPv4",
            proxyMode,
            konnectivityEnabled: true,
          },
        },
      },
      { signal: this.#signal },
    );
    const kubeconfig = await this.#until(
      `cluster ${name}`,
      async () => {
        const health = await this.#api.health(this.#project, name).catch(() => undefined);
        const isUp = health && Object.values(health).every((status) => status === "HealthStatusUp");
        return isUp ? await this.#api.kubeconfig(this.#project, name).catch(() => undefined) : undefined;
      },
      clusterTimeoutMs,
    );
    return new VerifiedCluster(name, this.#management, KubeClient.fromKubeconfig(kubeconfig), this.#signal);
  }

  async deleteCluster(name: string): Promise<void> {
    await this.#management.delete(clusterType, { name });
    await this.#until(
      `cluster ${name} to go`,
      async () => (await this.#management.find(clusterType, { name })) === undefined,
      clusterTimeoutMs,
    );
  }

  async #until<T>(what: string, check: () => Promise<T>, timeoutMs = 60_000) {
    return await waitFor(check, { what, timeoutMs, intervalMs: 500, signal: this.#signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#management.close();
    await this.#embedded.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

export class VerifiedCluster implements AsyncDisposable {
  readonly #id: string;
  readonly #management: KubeClient;
  readonly #client: KubeClient;
  readonly #signal: AbortSignal;

  constructor(id: string, management: KubeClient, client: KubeClient, signal: AbortSignal) {
    this.#id = id;
    this.#management = management;
    this.#client = client;
    this.#signal = signal;
  }

  /**
   * Asks for what the step wants, and waits until the cluster is so.
   * @throws CommandError with what is not as it should be
   */
  async take({ action, wanted }: Step): Promise<void> {
    const { version, proxyMode } = wanted;
    switch (action) {
      case "install":
        break; // The cluster was created so.
      case "upgrade":
        await this.#edit({ cniPlugin: { version } });
        break;
      case "proxy mode":
        await this.#edit({ clusterNetwork: { proxyMode } });
        break;
      case "Hubble":
        await this.#setHubble(wanted.hubble);
        break;
    }
    await this.#until(wanted);
  }

  async #edit(spec: object): Promise<void> {
    await this.#management.mergePatch(clusterType, { name: this.#id }, { spec }, { signal: this.#signal });
  }

  async #setHubble(enabled: boolean): Promise<void> {
    const hubble = { relay: { enabled }, ui: { enabled } };
    await this.#client.mergePatch(
      applicationInstallationType,
      ciliumRef,
      { spec: { values: { hubble } } },
      { signal: this.#signal },
    );
  }

  async #until(wanted: Wanted): Promise<void> {
    let found: string[] = [];
    const isThere = async () => {
      found = differences(wanted, await observe(this.#id, this.#management, this.#client));
      return found.length === 0;
    };
    const options = {
      what: "the cluster to be as wanted",
      timeoutMs: stepTimeoutMs,
      intervalMs: 500,
      signal: this.#signal,
    };
    await waitFor(isThere, options).catch((cause: unknown) => {
      this.#signal.throwIfAborted();
      throw new CommandError(exitCode.error, found.join("; ") || describeError(cause).lines.join(), { cause });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }
}
