import type {
  ApiAddon,
  ApiAddonConfig,
  ApiApplicationDefinition,
  ApiApplicationDefinitionListItem,
  ApiApplicationInstallation,
  ApiApplicationInstallationListItem,
  ApiApplicationValues,
  ApiApplicationValuesPreview,
  ApiAuditEntry,
  ApiCluster,
  ApiClusterExplanation,
  ApiClusterHealth,
  ApiClusterTemplate,
  ApiCniCatalogue,
  ApiCniCluster,
  ApiCniRollout,
  ApiCniUpgrade,
  ApiDatacenter,
  ApiEvent,
  ApiGroupBinding,
  ApiMasterVersion,
  ApiNode,
  ApiNodeDeployment,
  ApiProject,
  ApiRuleContext,
  ApiServiceAccount,
  ApiServiceAccountToken,
  ApiSignIn,
  ApiSystemApplications,
  ApiTemplateInstance,
  ApiUser,
  ApiValuesSchema,
  ApplicationDefinitionRequest,
  ApplicationInstallationRequest,
  ClusterTemplateRequest,
  CniRolloutPatch,
  CreateClusterRequest,
  CreateCniRollout,
  SystemApplicationsPatch,
} from "@fairlead/resources";
import { decodeError, UnreachableError } from "./api-error.ts";
import { warningTexts } from "./warnings.ts";

export interface ApiClientOptions {
  /** Of the server, with or without a path: `http://127.0.0.1:8080`. */
  url: string;
  /** Left out by a browser, which sends its cookie. */
  token?: string;
  /** Of the program; browsers say their own. */
  userAgent?: string;
  /** Called once for each different text. */
  onWarning?: (text: string) => void;
  /** Ends every request. */
  signal?: AbortSignal;
  /** How long one request may take. */
  timeoutMs?: number;
}

/** An installation in a cluster. */
export interface ApplicationRef {
  namespace: string;
  name: string;
}

interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Called with the answer's headers, of a success. */
  onHeaders?: (headers: Headers) => void;
  /** Called with every warning of the answer, instead of the client's own `onWarning`. */
  onWarnings?: ((texts: readonly string[]) => void) | undefined;
}

/** With the tag by which a change says what it was made from. */
export interface Tagged<T> {
  object: T;
  etag: string;
}

/** What a change was made from. */
interface MadeFrom {
  /** Refuses the change with 412 if the object is not as it was when it had this tag. */
  etag?: string;
}

/** Of requests whose outcome is shown before they are sent in earnest. */
interface TriedOptions extends Pick<Call, "onWarnings"> {
  /** Answers what would be stored, and stores nothing. */
  dryRun?: boolean;
}

export interface ClusterUpdateOptions extends MadeFrom, TriedOptions {
  /** Takes a new Kubernetes version that the nodes' kubelets do not fit: the control plane waits for them. */
  skipKubelets?: boolean;
}

/** Ids of project and cluster, name of the add-on. */
interface AddonAddress {
  project: string;
  cluster: string;
  name: string;
}

export interface ClusterRef {
  project: string;
  id: string;
}

/** Start, pause or resume, stop. */
export type CniUpgradeChange =
  | { method: "POST"; body: { target: string } }
  | { method: "PATCH"; body: { paused: boolean } }
  | { method: "DELETE" };

/**
 * Fairlead's REST API. Every method throws `ApiError` for an answer that is no success and `UnreachableError` for none.
 */
export class ApiClient {
  readonly url: string;
  readonly #options: ApiClientOptions;
  readonly #warned = new Set<string>();

  constructor(options: ApiClientOptions) {
    this.url = options.url.replace(/\/+$/, "");
    this.#options = options;
  }

  me(): Promise<ApiUser> {
    return this.#json({ path: "/api/v1/me" });
  }

  /** How people sign in; the token does not matter. */
  signInConfiguration(): Promise<ApiSignIn> {
    return this.#json({ path: "/api/v1/auth/config" });
  }

  async logout(): Promise<void> {
    await this.#text({ method: "POST", path: "/api/v1/me/logout" });
  }

  /** Where a browser is the client: keeps the token in a cookie. @throws ApiError 401 if it is not known */
  async signIn(token: string): Promise<void> {
    await this.#text({ method: "POST", path: "/session", body: { token } });
  }

  async signOut(): Promise<void> {
    await this.#text({ method: "DELETE", path: "/session" });
  }

  cniCatalogue(): Promise<ApiCniCatalogue> {
    return this.#json({ path: "/api/v2/cni/catalogue" });
  }

  /** What the network rules need to know of a datacenter. */
  ruleContext(provider: string, dc: string): Promise<ApiRuleContext> {
    return this.#json({ path: path`/api/v2/providers/${provider}/dc/${dc}/rulecontext` });
  }

  /** Of all projects, by name. Of administrators. */
  cniClusters(): Promise<ApiCniCluster[]> {
    return this.#json({ path: "/api/v2/cni/clusters" });
  }

  projects(): Promise<ApiProject[]> {
    return this.#json({ path: "/api/v1/projects?displayAll=true" });
  }

  project(id: string): Promise<ApiProject> {
    return this.#json({ path: path`/api/v1/projects/${id}` });
  }

  createProject(name: string): Promise<ApiProject> {
    return this.#json({ method: "POST", path: "/api/v1/projects", body: { name } });
  }

  async deleteProject(id: string): Promise<void> {
    await this.#text({ method: "DELETE", path: path`/api/v1/projects/${id}` });
  }

  members(project: string): Promise<ApiUser[]> {
    return this.#json({ path: path`/api/v1/projects/${project}/users` });
  }

  /** They may sign in for the first time later. */
  addMember(project: string, { email, role }: { email: string; role: string }): Promise<ApiUser> {
    const body = { email, projects: [{ id: project, group: role }] };
    return this.#json({ method: "POST", path: path`/api/v1/projects/${project}/users`, body });
  }

  changeMember(project: string, id: string, role: string): Promise<ApiUser> {
    const body = { projects: [{ id: project, group: role }] };
    return this.#json({ method: "PUT", path: path`/api/v1/projects/${project}/users/${id}`, body });
  }

  async removeMember(project: string, id: string): Promise<void> {
    await this.#text({ method: "DELETE", path: path`/api/v1/projects/${project}/users/${id}` });
  }

  groupBindings(project: string): Promise<ApiGroupBinding[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/groupbindings` });
  }

  bindGroup(project: string, body: { group: string; role: string }): Promise<ApiGroupBinding> {
    return this.#json({ method: "POST", path: path`/api/v2/projects/${project}/groupbindings`, body });
  }

  changeGroupBinding(project: string, name: string, role: string): Promise<ApiGroupBinding> {
    return this.#json({
      method: "PATCH",
      path: path`/api/v2/projects/${project}/groupbindings/${name}`,
      body: { role },
    });
  }

  async removeGroupBinding(project: string, name: string): Promise<void> {
    await this.#text({ method: "DELETE", path: path`/api/v2/projects/${project}/groupbindings/${name}` });
  }

  serviceAccounts(project: string): Promise<ApiServiceAccount[]> {
    return this.#json({ path: path`/api/v1/projects/${project}/serviceaccounts` });
  }

  createServiceAccount(project: string, body: { name: string; group: string }): Promise<ApiServiceAccount> {
    return this.#json({ method: "POST", path: path`/api/v1/projects/${project}/serviceaccounts`, body });
  }

  async deleteServiceAccount(project: string, id: string): Promise<void> {
    await this.#text({ method: "DELETE", path: path`/api/v1/projects/${project}/serviceaccounts/${id}` });
  }

  serviceAccountTokens(project: string, account: string): Promise<ApiServiceAccountToken[]> {
    return this.#json({ path: path`/api/v1/projects/${project}/serviceaccounts/${account}/tokens` });
  }

  /** The answer alone has the token. */
  createServiceAccountToken(
    project: string,
    account: string,
    body: { name: string; expiry?: string },
  ): Promise<ApiServiceAccountToken> {
    return this.#json({
      method: "POST",
      path: path`/api/v1/projects/${project}/serviceaccounts/${account}/tokens`,
      body,
    });
  }

  async revokeServiceAccountToken(project: string, account: string, id: string): Promise<void> {
    const at = path`/api/v1/projects/${project}/serviceaccounts/${account}/tokens/${id}`;
    await this.#text({ method: "DELETE", path: at });
  }

  datacenters(): Promise<ApiDatacenter[]> {
    return this.#json({ path: "/api/v1/dc" });
  }

  kubernetesVersions(provider: string): Promise<ApiMasterVersion[]> {
    return this.#json({ path: path`/api/v2/providers/${provider}/versions` });
  }

  clusters(project: string): Promise<ApiCluster[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters` });
  }

  /** A dry run answers what would be stored. */
  createCluster(
    project: string,
    request: CreateClusterRequest,
    { dryRun = false, onWarnings }: TriedOptions = {},
  ): Promise<ApiCluster> {
    const query = dryRun ? "?dryRun=All" : "";
    const at = path`/api/v2/projects/${project}/clusters` + query;
    return this.#json({ method: "POST", path: at, body: request, onWarnings });
  }

  cluster(project: string, id: string): Promise<ApiCluster> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}` });
  }

  async deleteCluster(project: string, id: string): Promise<void> {
    await this.#text({ method: "DELETE", path: path`/api/v2/projects/${project}/clusters/${id}` });
  }

  taggedCluster(project: string, id: string): Promise<Tagged<ApiCluster>> {
    return this.#tagged(path`/api/v2/projects/${project}/clusters/${id}`);
  }

  /** `patch` is a merge patch (RFC 7396). @throws ApiError 412 if `etag` is given, and the cluster's is another one by now */
  updateCluster(
    project: string,
    id: string,
    patch: object,
    { dryRun = false, skipKubelets = false, etag, onWarnings }: ClusterUpdateOptions = {},
  ): Promise<ApiCluster> {
    const query = new URLSearchParams({
      ...(dryRun ? { dryRun: "All" } : {}),
      ...(skipKubelets ? { skip_kubelet_version_validation: "true" } : {}),
    });
    return this.#json({
      method: "PATCH",
      path: `${path`/api/v2/projects/${project}/clusters/${id}`}${query.size > 0 ? `?${query.toString()}` : ""}`,
      body: patch,
      onWarnings,
      ...ifMatch({ etag }),
    });
  }

  /** The Kubernetes versions that it may be raised to, oldest first. */
  clusterUpgrades(project: string, id: string): Promise<ApiMasterVersion[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}/upgrades` });
  }

  explainCluster(project: string, id: string): Promise<ApiClusterExplanation> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}/explain` });
  }

  cniRollouts(): Promise<ApiCniRollout[]> {
    return this.#json({ path: rolloutsPath });
  }

  cniRollout(name: string): Promise<ApiCniRollout> {
    return this.#json({ path: rolloutsPath + path`/${name}` });
  }

  createCniRollout(body: CreateCniRollout): Promise<ApiCniRollout> {
    return this.#json({ method: "POST", path: rolloutsPath, body });
  }

  patchCniRollout(name: string, body: CniRolloutPatch): Promise<ApiCniRollout> {
    return this.#json({ method: "PATCH", path: rolloutsPath + path`/${name}`, body });
  }

  async deleteCniRollout(name: string): Promise<void> {
    await this.#json({ method: "DELETE", path: rolloutsPath + path`/${name}` });
  }

  /** Of each node, too, where that is asked for. */
  cniUpgrade({ project, id }: ClusterRef, { nodes = false } = {}): Promise<ApiCniUpgrade> {
    const query = nodes ? "?nodes=true" : "";
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}/cniupgrade` + query });
  }

  /** A dry run answers the steps. */
  changeCniUpgrade({ project, id }: ClusterRef, change: CniUpgradeChange, { dryRun = false } = {}) {
    const query = dryRun ? "?dryRun=All" : "";
    return this.#json<ApiCniUpgrade>({
      ...change,
      path: path`/api/v2/projects/${project}/clusters/${id}/cniupgrade` + query,
    });
  }

  applicationValues(cluster: ClusterRef, application: ApplicationRef): Promise<ApiApplicationValues> {
    return this.#json({ path: valuesPath(cluster, application) });
  }

  previewApplicationValues(
    cluster: ClusterRef,
    application: ApplicationRef,
    values: object,
  ): Promise<ApiApplicationValuesPreview> {
    return this.#json({ method: "POST", path: valuesPath(cluster, application), body: { values } });
  }

  replaceApplicationValues(
    cluster: ClusterRef,
    application: ApplicationRef,
    { values, ...made }: { values: object } & MadeFrom,
  ): Promise<ApiApplicationValues> {
    return this.#json({ method: "PUT", path: valuesPath(cluster, application), body: { values }, ...ifMatch(made) });
  }

  machineDeployments(project: string, id: string): Promise<ApiNodeDeployment[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}/machinedeployments` });
  }

  /** Sets the kubelet version of all groups of nodes. */
  async upgradeNodes({ project, id }: ClusterRef, version: string, { dryRun = false } = {}): Promise<void> {
    const query = dryRun ? "?dryRun=All" : "";
    const url = path`/api/v2/projects/${project}/clusters/${id}/nodes/upgrades` + query;
    await this.#json({ method: "PUT", path: url, body: { version } });
  }

  scaleMachineDeployment(
    { project, cluster, name }: { project: string; cluster: string; name: string },
    replicas: number,
  ): Promise<ApiNodeDeployment> {
    return this.#json({
      method: "PATCH",
      path: path`/api/v2/projects/${project}/clusters/${cluster}/machinedeployments/${name}`,
      body: { spec: { replicas } },
    });
  }

  /** Names of those that users may install. */
  accessibleAddons(): Promise<string[]> {
    return this.#json({ path: "/api/v1/addons" });
  }

  /** How add-ons present themselves, by name. */
  addonConfigs(): Promise<ApiAddonConfig[]> {
    return this.#json({ path: "/api/v1/addonconfigs" });
  }

  addons(project: string, id: string): Promise<ApiAddon[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}/addons` });
  }

  /** Names of what could be installed. */
  installableAddons(project: string, id: string): Promise<string[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}/installableaddons` });
  }

  addon({ project, cluster, name }: AddonAddress): Promise<ApiAddon> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${cluster}/addons/${name}` });
  }

  createAddon(
    { project, cluster }: Omit<AddonAddress, "name">,
    body: { name: string; spec: object },
  ): Promise<ApiAddon> {
    return this.#json({ method: "POST", path: path`/api/v2/projects/${project}/clusters/${cluster}/addons`, body });
  }

  updateAddon({ project, cluster, name }: AddonAddress, body: { spec: object }): Promise<ApiAddon> {
    const address = path`/api/v2/projects/${project}/clusters/${cluster}/addons/${name}`;
    return this.#json({ method: "PATCH", path: address, body });
  }

  async deleteAddon({ project, cluster, name }: AddonAddress): Promise<void> {
    const address = path`/api/v2/projects/${project}/clusters/${cluster}/addons/${name}`;
    await this.#text({ method: "DELETE", path: address });
  }

  health(project: string, id: string): Promise<ApiClusterHealth> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}/health` });
  }

  nodes(project: string, id: string): Promise<ApiNode[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}/nodes` });
  }

  /** Oldest first. */
  events(project: string, id: string): Promise<ApiEvent[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}/events` });
  }

  /** Newest first. */
  audit(project: string, id: string): Promise<ApiAuditEntry[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}/audit` });
  }

  /** YAML. */
  kubeconfig(project: string, id: string): Promise<string> {
    return this.#text({ path: path`/api/v2/projects/${project}/clusters/${id}/kubeconfig` });
  }

  /** Makes kubeconfigs useless: those of one person, or without `user` of everybody who has that role. */
  async revokeKubeconfigs(
    { project, id }: ClusterRef,
    whose: { role: "admin" | "viewer"; user?: string },
  ): Promise<void> {
    const query = whose.user === undefined ? "" : path`?user=${whose.user}`;
    const name = whose.role === "admin" ? "token" : "viewertoken";
    await this.#text({ method: "PUT", path: path`/api/v2/projects/${project}/clusters/${id}/${name}` + query });
  }

  templates(project: string): Promise<ApiClusterTemplate[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/clustertemplates` });
  }

  createTemplate(project: string, request: ClusterTemplateRequest): Promise<ApiClusterTemplate> {
    return this.#json({ method: "POST", path: path`/api/v2/projects/${project}/clustertemplates`, body: request });
  }

  template(project: string, id: string): Promise<ApiClusterTemplate> {
    return this.#json({ path: path`/api/v2/projects/${project}/clustertemplates/${id}` });
  }

  taggedTemplate(project: string, id: string): Promise<Tagged<ApiClusterTemplate>> {
    return this.#tagged(path`/api/v2/projects/${project}/clustertemplates/${id}`);
  }

  replaceTemplate(
    { project, id }: ClusterRef,
    body: ClusterTemplateRequest,
    made: MadeFrom = {},
  ): Promise<ApiClusterTemplate> {
    const at = path`/api/v2/projects/${project}/clustertemplates/${id}`;
    return this.#json({ method: "PUT", path: at, body, ...ifMatch(made) });
  }

  async deleteTemplate(project: string, id: string): Promise<void> {
    await this.#text({ method: "DELETE", path: path`/api/v2/projects/${project}/clustertemplates/${id}` });
  }

  instantiateTemplate(project: string, id: string, replicas: number): Promise<ApiTemplateInstance> {
    return this.#json({
      method: "POST",
      path: path`/api/v2/projects/${project}/clustertemplates/${id}/instances`,
      body: { replicas },
    });
  }

  /** Newest first. */
  templateInstances(project: string, template: string): Promise<ApiTemplateInstance[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/clustertemplates/${template}/instances` });
  }

  templateInstance(project: string, template: string, name: string): Promise<ApiTemplateInstance> {
    return this.#json({ path: path`/api/v2/projects/${project}/clustertemplates/${template}/instances/${name}` });
  }

  applicationDefinitions(): Promise<ApiApplicationDefinitionListItem[]> {
    return this.#json({ path: "/api/v2/applicationdefinitions" });
  }

  applicationDefinition(name: string): Promise<ApiApplicationDefinition> {
    return this.#json({ path: path`/api/v2/applicationdefinitions/${name}` });
  }

  taggedApplicationDefinition(name: string): Promise<Tagged<ApiApplicationDefinition>> {
    return this.#tagged(path`/api/v2/applicationdefinitions/${name}`);
  }

  /** Replaces the spec. Of administrators. */
  replaceApplicationDefinition(
    name: string,
    body: ApplicationDefinitionRequest,
    made: MadeFrom = {},
  ): Promise<ApiApplicationDefinition> {
    return this.#json({ method: "PUT", path: path`/api/v2/applicationdefinitions/${name}`, body, ...ifMatch(made) });
  }

  /** Where their charts come from. Of administrators. */
  systemApplications(): Promise<ApiSystemApplications> {
    return this.#json({ path: "/api/v2/systemapplications" });
  }

  taggedSystemApplications(): Promise<Tagged<ApiSystemApplications>> {
    return this.#tagged("/api/v2/systemapplications");
  }

  changeSystemApplications(body: SystemApplicationsPatch, made: MadeFrom = {}): Promise<ApiSystemApplications> {
    return this.#json({ method: "PATCH", path: "/api/v2/systemapplications", body, ...ifMatch(made) });
  }

  /** Of a version's Helm values. */
  valuesSchema(application: string, version: string): Promise<ApiValuesSchema> {
    return this.#json({ path: path`/api/v2/applicationdefinitions/${application}/versions/${version}/schema` });
  }

  applications(project: string, id: string): Promise<ApiApplicationInstallationListItem[]> {
    return this.#json({ path: path`/api/v2/projects/${project}/clusters/${id}/applicationinstallations` });
  }

  application(project: string, id: string, { namespace, name }: ApplicationRef): Promise<ApiApplicationInstallation> {
    const at = path`/api/v2/projects/${project}/clusters/${id}/applicationinstallations/${namespace}/${name}`;
    return this.#json({ path: at });
  }

  taggedApplication(
    { project, id }: ClusterRef,
    { namespace, name }: ApplicationRef,
  ): Promise<Tagged<ApiApplicationInstallation>> {
    return this.#tagged(path`/api/v2/projects/${project}/clusters/${id}/applicationinstallations/${namespace}/${name}`);
  }

  installApplication(
    project: string,
    id: string,
    body: ApplicationInstallationRequest,
  ): Promise<ApiApplicationInstallation> {
    const at = path`/api/v2/projects/${project}/clusters/${id}/applicationinstallations`;
    return this.#json({ method: "POST", path: at, body });
  }

  /** Replaces the spec. */
  updateApplication(
    { project, id }: ClusterRef,
    body: ApiApplicationInstallation,
    made: MadeFrom = {},
  ): Promise<ApiApplicationInstallation> {
    const { namespace, name } = body;
    const at = path`/api/v2/projects/${project}/clusters/${id}/applicationinstallations/${namespace}/${name}`;
    return this.#json({ method: "PUT", path: at, body, ...ifMatch(made) });
  }

  async deleteApplication(project: string, id: string, { namespace, name }: ApplicationRef): Promise<void> {
    const at = path`/api/v2/projects/${project}/clusters/${id}/applicationinstallations/${namespace}/${name}`;
    await this.#text({ method: "DELETE", path: at });
  }

  async #tagged<T>(at: string): Promise<Tagged<T>> {
    let etag = "";
    const object = await this.#json<T>({ path: at, onHeaders: (headers) => (etag = headers.get("etag") ?? "") });
    return { object, etag };
  }

  async #json<T>(call: Call): Promise<T> {
    const text = await this.#text(call);
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new UnreachableError(`${this.url} does not answer like Fairlead: is it the right address?`, { cause });
    }
  }

  async #text({ method = "GET", path, body, headers, onHeaders, onWarnings }: Call): Promise<string> {
    const { token, userAgent, signal, timeoutMs = 30_000 } = this.#options;
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(this.url + path, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(userAgent === undefined ? {} : { "user-agent": userAgent }),
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await response.text();
      const warnings = warningTexts(response.headers.get("warning"));
      if (onWarnings) onWarnings(warnings);
      else this.#warn(warnings);
      if (!response.ok) throw decodeError(response.status, text);
      onHeaders?.(response.headers);
      return text;
    } catch (error) {
      signal?.throwIfAborted();
      if (timeout.aborted) {
        throw new UnreachableError(`${this.url} does not answer within ${timeoutMs / 1000} s`, { cause: error });
      }
      // What fetch says of a connection that fails: "fetch failed", the reason being the cause.
      if (error instanceof TypeError) {
        throw new UnreachableError(`cannot reach Fairlead at ${this.url}: ${reason(error)}`, { cause: error });
      }
      throw error;
    }
  }

  #warn(texts: readonly string[]): void {
    for (const text of texts) {
      if (this.#warned.has(text)) continue;
      this.#warned.add(text);
      this.#options.onWarning?.(text);
    }
  }
}

function ifMatch({ etag }: { etag?: string | undefined }): Pick<Call, "headers"> {
  return etag === undefined ? {} : { headers: { "if-match": etag } };
}

const rolloutsPath = "/api/v2/cnirollouts";

/** The one CNI that comes as application. */
export const cniApplication: ApplicationRef = { namespace: "kube-system", name: "cilium" };

function valuesPath({ project, id }: ClusterRef, { namespace, name }: ApplicationRef): string {
  return path`/api/v2/projects/${project}/clusters/${id}/applicationinstallations/${namespace}/${name}/values`;
}

function path(parts: TemplateStringsArray, ...names: string[]): string {
  return String.raw({ raw: parts }, ...names.map(encodeURIComponent));
}

function reason({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return message;
  const code = "code" in cause ? cause.code : undefined;
  switch (code) {
    case "ECONNREFUSED":
      return "connection refused";
    case "ENOTFOUND":
      return "no such host";
    default:
      return cause.message || String(code);
  }
}
