import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Installation, managementWebhooks } from "@fairlead/admission";
import { builtin, type KubeClient, StatusError, waitFor } from "@fairlead/kube";
import {
  type Cluster,
  clusterType,
  crds,
  installationNamespace,
  type KubermaticConfiguration,
  kubermaticConfigurationType,
  projectType,
  type Seed,
  seedType,
} from "@fairlead/resources";
import { startTestApiServer, type TestApiServer, TestAuthority, type TestKeyPair } from "@fairlead/testkit";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { createWebhookServer } from "../admission/create-webhook-server.ts";
import { AuditLog } from "../audit/audit-log.ts";

const fieldManager = "test";
/** As whom the API servers call. */
export const callers = { management: "api:management", userCluster: (id: string) => `api:${id}` };

export interface TestWebhooksOptions {
  datacenters?: NonNullable<NonNullable<Seed["spec"]>["datacenters"]>;
  kubernetesVersions?: readonly string[];
}

/** A management API server that asks Fairlead's webhooks before every write. There are project `p` and datacenter `local`. */
export class TestWebhooks {
  readonly authority: TestAuthority;
  readonly apiServer: TestApiServer;
  /** As the webhooks see it. */
  readonly installation: Installation;
  readonly client: KubeClient;
  readonly #directory: string;
  #server: FastifyInstance | undefined;
  #port = 0;

  private constructor(parts: Pick<TestWebhooks, "authority" | "apiServer" | "installation"> & { directory: string }) {
    this.authority = parts.authority;
    this.apiServer = parts.apiServer;
    this.installation = parts.installation;
    this.client = parts.apiServer.client();
    this.#directory = parts.directory;
  }

  static async start(options: TestWebhooksOptions = {}): Promise<TestWebhooks> {
    const directory = await mkdtemp(join(tmpdir(), "fairlead-webhooks-"));
    const authority = await TestAuthority.create();
    const file = await writeAdmissionConfiguration(directory, await authority.clientCertificate(callers.management));
    const apiServer = await startTestApiServer({
      apiServerArgs: [`--admission-control-config-file=${file}`, ...(await auditArguments(directory))],
    });
    const installation = installationOf(options);
    const webhooks = new TestWebhooks({ authority, apiServer, installation, directory });
    await webhooks.#install();
    await webhooks.serve();
    return webhooks;
  }

  get auditFile(): string {
    return join(this.#directory, "audit.jsonl");
  }

  /** The API server's own. */
  get apiServerAuditFile(): string {
    return join(this.#directory, "api-server-audit.jsonl");
  }

  get port(): number {
    return this.#port;
  }

  /** Serves on a free port, and waits until the API server asks there. */
  async serve(): Promise<void> {
    const { client, authority } = this;
    this.#server = createWebhookServer({
      managementClient: client,
      tls: { ...(await authority.serverCertificate()), authority: authority.cert },
      callers,
      fairleadUsers: { management: "fairlead", userCluster: "fairlead" },
      defaultNodes: 2,
      audit: new AuditLog({ file: this.auditFile }),
      logger: pino({ level: "silent" }),
    });
    await this.#server.listen({ host: "127.0.0.1", port: 0 });
    this.#port = (this.#server.server.address() as AddressInfo).port;
    const url = `https://127.0.0.1:${this.#port}`;
    const { mutating, validating } = managementWebhooks({ url, authority: authority.cert }, "fairlead");
    await client.apply(builtin.MutatingWebhookConfiguration, mutating, { fieldManager, force: true });
    await client.apply(builtin.ValidatingWebhookConfiguration, validating, { fieldManager, force: true });
    const homeless = { ...minimalCluster("probe"), metadata: { name: "probe" } };
    await waitFor(async () => (await this.refusal(homeless)).code === 422, { what: "the webhooks to be asked" });
  }

  /** What is said to a new Cluster that is not accepted. */
  async refusal(object: Cluster): Promise<StatusError> {
    try {
      await this.client.create(clusterType, object, { dryRun: true });
    } catch (error) {
      if (error instanceof StatusError) return error;
      throw error;
    }
    throw new Error(`${object.metadata.name} was accepted`);
  }

  /** As if there had been a control plane that is gone. */
  async remove(name: string): Promise<void> {
    await this.client.delete(clusterType, { name });
    await this.client.mergePatch(clusterType, { name }, { metadata: { finalizers: null } });
  }

  /** Nobody answers the API server any more. */
  async stopServing(): Promise<void> {
    await this.#server?.close();
  }

  async stop(): Promise<void> {
    await this.stopServing();
    await this.apiServer.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #install(): Promise<void> {
    const { client, installation } = this;
    for (const crd of crds()) await client.apply(builtin.CustomResourceDefinition, crd, { fieldManager });
    await client.create(builtin.Namespace, { metadata: { name: installationNamespace } });
    for (const seed of installation.seeds) {
      await waitFor(() => client.create(seedType, seed), { what: "the CRD of Seeds" });
    }
    const { configuration } = installation;
    if (configuration) {
      await waitFor(() => client.create(kubermaticConfigurationType, configuration), { what: "its CRD" });
    }
    await waitFor(() => client.create(projectType, { metadata: { name: "p" }, spec: { name: "p" } }), {
      what: "the CRD of Projects",
    });
    await waitFor(() => client.list(clusterType), { what: "the CRD of Clusters" });
  }
}

/** The least that a Cluster must say. */
export function minimalCluster(name: string): Cluster {
  return {
    metadata: { name, labels: { "project-id": "p" } },
    spec: { humanReadableName: name, version: "1.36.3", cloud: { dc: "local", bringyourown: {} } },
  };
}

function installationOf({ datacenters, kubernetesVersions = ["v1.36.3"] }: TestWebhooksOptions): Installation {
  const inNamespace = (name: string) => ({ name, namespace: installationNamespace });
  const seed: Seed = {
    metadata: inNamespace("s"),
    spec: { datacenters: { local: { spec: { bringyourown: {} } }, ...datacenters } },
  };
  const configuration: KubermaticConfiguration = {
    metadata: inNamespace("c"),
    spec: { versions: { versions: [...kubernetesVersions] } },
  };
  return { seeds: [seed], configuration };
}

/** The API server's own audit log, of changes. */
async function auditArguments(directory: string): Promise<string[]> {
  const rule = { level: "Metadata", verbs: ["update"], resources: [{ group: clusterType.group }] };
  const policy = {
    apiVersion: "audit.k8s.io/v1",
    kind: "Policy",
    omitStages: ["RequestReceived"],
    rules: [rule, { level: "None" }],
  };
  const file = join(directory, "audit-policy.json");
  await writeFile(file, JSON.stringify(policy));
  return [`--audit-policy-file=${file}`, `--audit-log-path=${join(directory, "api-server-audit.jsonl")}`];
}

async function writeAdmissionConfiguration(directory: string, { cert, key }: TestKeyPair): Promise<string> {
  const base64 = (pem: string) => Buffer.from(pem).toString("base64");
  const user = { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
  const kubeConfigFile = join(directory, "kubeconfig");
  const configuration = {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "WebhookAdmissionConfiguration",
    kubeConfigFile,
  };
  const plugins = ["MutatingAdmissionWebhook", "ValidatingAdmissionWebhook"].map((name) => ({ name, configuration }));
  const file = join(directory, "admission.json");
  await writeFile(kubeConfigFile, JSON.stringify({ apiVersion: "v1", kind: "Config", users: [{ name: "*", user }] }));
  await writeFile(
    file,
    JSON.stringify({ apiVersion: "apiserver.config.k8s.io/v1", kind: "AdmissionConfiguration", plugins }),
  );
  return file;
}
