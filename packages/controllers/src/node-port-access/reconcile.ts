import { findDatacenter, type Installation } from "@fairlead/admission";
import type { Informer, KubeClient, ReconcileContext, Reconciler, Request, Result } from "@fairlead/kube";
import { type Cluster, clusterType } from "@fairlead/resources";
import { type ConditionUpdate, changedConditions } from "../conditions.ts";
import { addFinalizer, removeFinalizer, writeStatus } from "../writes.ts";
import { ClientMissingError, SecurityGroups } from "./aws.ts";
import { CredentialsError, readAwsCredentials } from "./credentials.ts";
import { allowedRanges, firewallProvider, planRules, wantedRules } from "./plan.ts";
import {
  appliedCondition,
  failedCondition,
  NODE_PORTS_RESTRICTED,
  notEnforcedCondition,
  SettingMissingError,
} from "./status.ts";

const FINALIZER = "fairlead.dev/node-port-access";
/** Rules that somebody took away come back at the latest then. */
const enforceIntervalMs = 10 * 60_000;
/** Until Secrets, or a Fairlead with the client, are there: nothing tells when that happens. */
const settingIntervalMs = 60_000;

export interface NodePortAccessOptions {
  management: KubeClient;
  clusters: Informer<Cluster>;
  installation: () => Installation;
}

/** Lets the allowed ranges, and nobody else on Fairlead's account, reach a cluster's NodePorts through its provider's firewall. */
export class NodePortAccessReconciler implements Reconciler {
  readonly #options: NodePortAccessOptions;

  constructor(options: NodePortAccessOptions) {
    this.#options = options;
  }

  async reconcile({ name }: Request, context: ReconcileContext): Promise<Result | undefined> {
    const cluster = this.#options.clusters.get(name);
    const provider = cluster && firewallProvider(cluster);
    if (!cluster || !provider || cluster.spec.pause) return undefined;
    const isLeaving = cluster.metadata.deletionTimestamp !== undefined;
    if (provider !== "aws") {
      if (!isLeaving) await this.#say(cluster, notEnforcedCondition(provider, allowedRanges(cluster)), context.signal);
      return undefined;
    }
    try {
      if (isLeaving) return await this.#remove(cluster, context);
      return await this.#enforce(cluster, context);
    } catch (error) {
      const condition = failedCondition(error);
      if (!condition) throw error;
      await this.#say(cluster, condition, context.signal);
      const isMissing = [SettingMissingError, CredentialsError, ClientMissingError].some(
        (kind) => error instanceof kind,
      );
      if (!isMissing) throw error;
      context.logger.info({ reason: condition.reason, message: condition.message }, "Waiting for a setting");
      return { requeueAfterMs: settingIntervalMs };
    }
  }

  async #enforce(cluster: Cluster, { signal, logger }: ReconcileContext): Promise<Result> {
    const { name: id = "", finalizers = [] } = cluster.metadata;
    const group = cluster.spec.cloud.aws?.securityGroupID;
    if (!group && !finalizers.includes(FINALIZER)) {
      throw new SettingMissingError(
        "spec.cloud.aws.securityGroupID: expected the security group of the cluster's nodes",
      );
    }
    using groups = await this.#open(cluster, signal);
    if (!finalizers.includes(FINALIZER)) {
      await addFinalizer(this.#options.management, clusterType, { object: cluster, finalizer: FINALIZER, signal });
    }
    const wanted = group ? wantedRules(cluster) : [];
    const plan = planRules(wanted, await groups.rules(id, group), group ?? "");
    if (plan.authorize.length + plan.revoke.length > 0) {
      const counts = { authorize: plan.authorize.length, revoke: plan.revoke.length };
      logger.info({ ...counts, securityGroup: group }, "Changing who may reach the NodePorts");
    }
    // What is allowed now comes before what is allowed no longer: connections from a range that stays are not cut.
    for (const rule of plan.authorize) await groups.authorize(id, group ?? "", rule);
    for (const rule of plan.revoke) await groups.revoke(rule);
    if (!group) throw new SettingMissingError("spec.cloud.aws.securityGroupID was taken away, and the rules with it");
    await this.#say(cluster, appliedCondition(group, allowedRanges(cluster)), signal);
    return { requeueAfterMs: enforceIntervalMs };
  }

  async #remove(cluster: Cluster, { signal, logger }: ReconcileContext): Promise<undefined> {
    const { name: id = "", finalizers = [] } = cluster.metadata;
    if (!finalizers.includes(FINALIZER)) return;
    using groups = await this.#open(cluster, signal);
    const { revoke } = planRules([], await groups.rules(id), "");
    logger.info({ revoke: revoke.length }, "Removing the rules of the NodePorts");
    for (const rule of revoke) await groups.revoke(rule);
    await removeFinalizer(this.#options.management, clusterType, { object: cluster, finalizer: FINALIZER, signal });
  }

  async #open(cluster: Cluster, signal: AbortSignal): Promise<SecurityGroups> {
    const region = findDatacenter(this.#options.installation(), cluster.spec.cloud.dc)?.datacenter.region;
    if (!region) {
      throw new SettingMissingError(
        `spec.datacenters.${cluster.spec.cloud.dc}.spec.aws.region of the Seed: expected a region of AWS`,
      );
    }
    const credentials = await readAwsCredentials(this.#options.management, cluster, signal);
    return await SecurityGroups.open({ region, credentials, signal });
  }

  async #say(cluster: Cluster, update: ConditionUpdate, signal: AbortSignal): Promise<void> {
    const updates = { [NODE_PORTS_RESTRICTED]: update };
    const conditions = changedConditions(cluster.status?.conditions, updates, new Date());
    if (!conditions) return;
    await writeStatus(this.#options.management, clusterType, { object: cluster, status: { conditions }, signal });
  }
}
