import type { EC2Client, SecurityGroupRule } from "@aws-sdk/client-ec2";
import { canonicalForm, tryParseCidr } from "@fairlead/network";
import type { AwsCredentials } from "./credentials.ts";
import type { FirewallRule, StoredRule } from "./plan.ts";

/** Tag of rules that Fairlead made, with the cluster's id. */
const clusterTag = "fairlead.dev/cluster";

/** `@aws-sdk/client-ec2` is not installed: it is an optional dependency. */
export class ClientMissingError extends Error {
  override readonly name = "ClientMissingError";

  constructor(cause: unknown) {
    super("Fairlead was installed without @aws-sdk/client-ec2, which talks to AWS", { cause });
  }
}

/** AWS refused, or did not answer. The message begins with its own error code, as `UnauthorizedOperation`. */
export class CloudError extends Error {
  override readonly name = "CloudError";
}

type Sdk = typeof import("@aws-sdk/client-ec2");

/** Loaded on first use: it takes some 25 MB, and most installations have no cluster on AWS. */
async function loadSdk(): Promise<Sdk> {
  try {
    return await import("@aws-sdk/client-ec2");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") {
      throw new ClientMissingError(error);
    }
    throw error;
  }
}

export interface AwsOptions {
  region: string;
  credentials: AwsCredentials;
  signal: AbortSignal;
}

const requestTimeoutMs = 20_000;
const maxAttempts = 3;

/**
 * The rules of security groups in a region. AWS finds its own address by the region; the SDK's own environment variable
 * `AWS_ENDPOINT_URL_EC2` leads elsewhere.
 */
export class SecurityGroups implements Disposable {
  readonly #sdk: Sdk;
  readonly #client: EC2Client;
  readonly #signal: AbortSignal;

  private constructor(sdk: Sdk, { region, credentials, signal }: AwsOptions) {
    this.#sdk = sdk;
    this.#signal = signal;
    const requestHandler = { connectionTimeout: requestTimeoutMs, requestTimeout: requestTimeoutMs };
    this.#client = new sdk.EC2Client({ region, credentials, maxAttempts, requestHandler });
  }

  /** @throws ClientMissingError */
  static async open(options: AwsOptions): Promise<SecurityGroups> {
    return new SecurityGroups(await loadSdk(), options);
  }

  /** Rules that let traffic into the group, and those made for the cluster wherever they are. @throws CloudError */
  async rules(clusterId: string, group?: string): Promise<StoredRule[]> {
    const [inGroup, ours] = await Promise.all([
      group ? this.#describe("group-id", group) : [],
      this.#describe(`tag:${clusterTag}`, clusterId),
    ]);
    const known = new Map([...inGroup, ...ours].map((rule) => [rule.SecurityGroupRuleId, rule]));
    return [...known.values()].filter(({ IsEgress }) => !IsEgress).map((rule) => storedRule(rule, clusterId));
  }

  /** One request a rule: AWS refuses all rules of a request if one is there already. @throws CloudError */
  async authorize(clusterId: string, group: string, rule: FirewallRule): Promise<void> {
    const description = `NodePorts of Fairlead cluster ${clusterId}`;
    const source = rule.cidr.includes(":")
      ? { Ipv6Ranges: [{ CidrIpv6: rule.cidr, Description: description }] }
      : { IpRanges: [{ CidrIp: rule.cidr, Description: description }] };
    const command = new this.#sdk.AuthorizeSecurityGroupIngressCommand({
      GroupId: group,
      IpPermissions: [{ IpProtocol: rule.protocol, FromPort: rule.from, ToPort: rule.to, ...source }],
      TagSpecifications: [{ ResourceType: "security-group-rule", Tags: [{ Key: clusterTag, Value: clusterId }] }],
    });
    await this.#calling(() => this.#client.send(command, { abortSignal: this.#signal }));
  }

  /** @throws CloudError */
  async revoke({ group, id }: StoredRule): Promise<void> {
    const command = new this.#sdk.RevokeSecurityGroupIngressCommand({ GroupId: group, SecurityGroupRuleIds: [id] });
    await this.#calling(() => this.#client.send(command, { abortSignal: this.#signal }));
  }

  async #describe(filter: string, value: string): Promise<SecurityGroupRule[]> {
    return await this.#calling(async () => {
      const input = { Filters: [{ Name: filter, Values: [value] }] };
      const pages = this.#sdk.paginateDescribeSecurityGroupRules({ client: this.#client, pageSize: 1000 }, input, {
        abortSignal: this.#signal,
      });
      const rules: SecurityGroupRule[] = [];
      for await (const page of pages) rules.push(...(page.SecurityGroupRules ?? []));
      return rules;
    });
  }

  async #calling<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      this.#signal.throwIfAborted();
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      throw new CloudError(`${name}: ${message}`, { cause: error });
    }
  }

  [Symbol.dispose](): void {
    this.#client.destroy();
  }
}

function storedRule(rule: SecurityGroupRule, clusterId: string): StoredRule {
  const parsed = tryParseCidr(rule.CidrIpv4 ?? rule.CidrIpv6 ?? "");
  return {
    id: rule.SecurityGroupRuleId ?? "",
    group: rule.GroupId ?? "",
    protocol: rule.IpProtocol,
    from: rule.FromPort,
    to: rule.ToPort,
    cidr: parsed.ok ? canonicalForm(parsed.cidr) : undefined,
    isOurs: rule.Tags?.some(({ Key, Value }) => Key === clusterTag && Value === clusterId) ?? false,
  };
}
