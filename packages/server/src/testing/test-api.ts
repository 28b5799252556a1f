import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtin, type KubeClient, type KubeObject, waitFor } from "@fairlead/kube";
import {
  clusterType,
  crds,
  installationNamespace,
  type KubermaticConfiguration,
  kubermaticConfigurationType,
  type Project,
  projectType,
  type Seed,
  seedType,
  userProjectBindingType,
  userType,
} from "@fairlead/resources";
import { startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { pino } from "pino";
import { AuditLog } from "../audit/audit-log.ts";
import { type AuthenticatedUser, AuthenticationError, type Authenticator } from "../authentication/authenticator.ts";
import { localAdminAuthenticator } from "../authentication/local-admin.ts";
import { createServer, type ServerOptions } from "../create-server.ts";

export const adminToken = "the-admins-token";
/** Of a user who is no administrator. */
export const userToken = "a-users-token";
export const expiredToken = "an-expired-token";

/** As an identity provider would have them; in tests an e-mail address is its owner's token, with or without `#…`. */
function person(email: string, groups: string[] = []): AuthenticatedUser {
  const [name = ""] = email.split("@");
  return { email, name, isAdmin: false, groups, kind: "person" };
}

const admin = localAdminAuthenticator(adminToken);
const authenticator: Authenticator = {
  authenticate: async (credentials, signal) => {
    const { token } = credentials;
    if (token === expiredToken) throw new AuthenticationError("it expired");
    if (token === userToken) return person("bob@example.com", ["dev"]);
    return token.includes("@") ? person(token.replace(/#.*/, "")) : admin.authenticate(credentials, signal);
  },
};

type TestApiOptions = Pick<ServerOptions, "clusters" | "oidc" | "oidcKeyTimes" | "rateLimits" | "webDirectory">;

/** The REST API on a real management API server, and what a test looks at besides answers. */
export class TestApi {
  readonly management: KubeClient;
  readonly app: FastifyInstance;
  /** By cluster id, for the `userClusterClient` option. */
  readonly userClusters = new Map<string, KubeClient>();
  /** The own values of charts, by `<application> <version>`. */
  readonly chartValues = new Map<string, Record<string, unknown>>();
  /** By name and version, as `chartValues`; a chart that is not named there has no schema. */
  readonly chartSchemas = new Map<string, unknown>();
  readonly #server: TestApiServer;
  readonly #directory = mkdtempSync(join(tmpdir(), "fairlead-api-"));
  readonly auditFile = join(this.#directory, "audit.jsonl");

  private constructor(server: TestApiServer, options: TestApiOptions) {
    this.#server = server;
    this.management = server.client();
    this.app = this.serve(options);
  }

  /** One more server of the same API, closed by its owner. */
  serve(options: TestApiOptions): FastifyInstance {
    return createServer({
      managementClient: this.management,
      userClusterClient: (id) => this.userClusters.get(id),
      chartSchema: async ({ name, version }) => this.chartSchemas.get(`${name} ${version}`),
      chartValues: async ({ name, version }) => {
        const values = this.chartValues.get(`${name} ${version}`);
        if (!values) throw new Error(`there is no chart ${name} ${version}`);
        return values;
      },
      authenticator,
      audit: new AuditLog({ file: this.auditFile }),
      rateLimits: { address: 1e6, identity: 1e6 },
      ...options,
      logger: pino({ level: "silent" }),
      version: "0.0.0-test",
    });
  }

  static async start(options: TestApiOptions = {}): Promise<TestApi> {
    const api = new TestApi(await startTestApiServer(), options);
    await api.#install();
    return api;
  }

  get server(): TestApiServer {
    return this.#server;
  }

  /** As the admin unless the request says otherwise. */
  call(request: InjectOptions): Promise<LightMyRequestResponse> {
    return this.app.inject({ ...request, headers: { authorization: `Bearer ${adminToken}`, ...request.headers } });
  }

  /** Over a real connection, as clients do; some things show only there. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    if (!this.app.server.listening) await this.app.listen({ host: "127.0.0.1", port: 0 });
    const headers = {
      authorization: `Bearer ${adminToken}`,
      ...(init.body ? { "content-type": "application/json" } : {}),
    };
    return fetch(new URL(path, this.app.listeningOrigin), { ...init, headers });
  }

  get(url: string): Promise<LightMyRequestResponse> {
    return this.call({ method: "GET", url });
  }

  post(url: string, payload: object): Promise<LightMyRequestResponse> {
    return this.call({ method: "POST", url, payload });
  }

  patch(url: string, payload: object): Promise<LightMyRequestResponse> {
    return this.call({ method: "PATCH", url, payload });
  }

  put(url: string, payload: object): Promise<LightMyRequestResponse> {
    return this.call({ method: "PUT", url, payload });
  }

  delete(url: string): Promise<LightMyRequestResponse> {
    return this.call({ method: "DELETE", url });
  }

  /** A project that is set up; there is no controller here. */
  async project(name: string): Promise<string> {
    const { id } = (await this.post("/api/v1/projects", { name })).json<{ id: string }>();
    await this.management.mergePatchStatus(projectType, { name: id }, { status: { phase: "Active" } });
    return id;
  }

  async storedProjects(): Promise<Project[]> {
    return (await this.management.list(projectType)).items;
  }

  async storedClusterNames(): Promise<string[]> {
    return (await this.management.list(clusterType)).items.map(({ spec }) => spec.humanReadableName).sort();
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.#server.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #install(): Promise<void> {
    const fieldManager = "test";
    for (const crd of crds()) await this.management.apply(builtin.CustomResourceDefinition, crd, { fieldManager });
    await this.management.create(builtin.Namespace, { metadata: { name: installationNamespace } });
    await waitFor(() => this.management.create(seedType, seed), { what: "the CRD of Seeds" });
    await waitFor(() => this.management.create(kubermaticConfigurationType, configuration), {
      what: "the CRD of KubermaticConfigurations",
    });
    for (const type of [projectType, clusterType, userType, userProjectBindingType]) {
      await waitFor(() => this.management.list<KubeObject>(type), { what: `the CRD of ${type.kind}s` });
    }
    await this.app.ready();
  }
}

const seed: Seed = {
  metadata: { name: "embedded", namespace: installationNamespace },
  spec: {
    country: "DE",
    exposeStrategy: "NodePort",
    datacenters: {
      local: { country: "DE", location: "Here", spec: { bringyourown: {} } },
      "aws-eu": { spec: { aws: { region: "eu-central-1" } } },
      "hetzner-fsn": { spec: { hetzner: { datacenter: "fsn1-dc14", network: "net" } } },
      "kubevirt-dc": { spec: { kubevirt: {} } },
      "openstack-v6": { spec: { openstack: { authURL: "https://example.com", region: "r", ipv6Enabled: true } } },
      "vsphere-dc": {
        spec: {
          vsphere: { endpoint: "https://example.com", infraManagementUser: { username: "root", password: "s3cret" } },
        },
      },
    },
  },
};

const configuration: KubermaticConfiguration = {
  metadata: { name: "fairlead", namespace: installationNamespace },
  spec: { versions: { default: "v1.36.3", versions: ["v1.36.3", "v1.35.4"] } },
};
