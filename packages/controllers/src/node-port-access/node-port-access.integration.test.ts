import * as ec2 from "@aws-sdk/client-ec2";
import { EC2Client } from "@aws-sdk/client-ec2";
import { builtin, Controller, Informer, type KubeClient, Manager, waitFor } from "@fairlead/kube";
import {
  type Cluster,
  type ClusterSpec,
  clusterType,
  crds,
  installationNamespace,
  projectLabel,
  type Seed,
} from "@fairlead/resources";
import { AwsEmulator, startTestApiServer, type TestApiServer } from "@fairlead/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testCluster, testNetwork } from "../testing/cluster.ts";
import { installDefinitions } from "../user-clusters/prepare.ts";
import { NodePortAccessReconciler } from "./reconcile.ts";
import { NODE_PORTS_RESTRICTED } from "./status.ts";

/** A real API server and controller; AWS is an emulator, so what it refuses for want of rights is not seen here. */
const project = "p1";
const region = "eu-central-1";
const seed = {
  metadata: { name: "near" },
  spec: { datacenters: { eu: { spec: { aws: { region } } }, gcp: { spec: { gcp: { region: "x" } } } } },
} as unknown as Seed;

let server: TestApiServer;
let client: KubeClient;
let aws: AwsEmulator;
let account: EC2Client;
let groups: string[];
const stop = new AbortController();
let running: Promise<void>;

beforeAll(async () => {
  [server, aws] = await Promise.all([startTestApiServer(), AwsEmulator.start()]);
  process.env.AWS_ENDPOINT_URL_EC2 = aws.url;
  account = new EC2Client({ region, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
  groups = await Promise.all(["one", "two"].map(createGroup));
  client = server.client();
  await installDefinitions(client, crds(), { signal: AbortSignal.timeout(60_000) });
  await client.apply(builtin.Namespace, { metadata: { name: installationNamespace } }, { fieldManager: "test" });
  await credentials("aws", project);
  const clusters = new Informer({ client, type: clusterType });
  const controller = new Controller({
    name: "node-port-access",
    reconciler: new NodePortAccessReconciler({ management: client, clusters, installation: () => ({ seeds: [seed] }) }),
    backoff: { baseMs: 50, maxMs: 500 },
    logger: pino({ level: "silent" }),
  });
  controller.watch(clusters, ({ metadata: { name = "" } }) => [{ name }]);
  running = new Manager({ logger: pino({ level: "silent" }) }).add(clusters).add(controller).run(stop.signal);
  running.catch(() => undefined);
});
afterAll(async () => {
  stop.abort();
  await running?.catch(() => undefined);
  account?.destroy();
  await aws?.[Symbol.asyncDispose]();
  await server?.stop();
});

async function createGroup(name: string): Promise<string> {
  const { GroupId = "" } = await account.send(
    new ec2.CreateSecurityGroupCommand({ GroupName: name, Description: name }),
  );
  return GroupId;
}

async function credentials(name: string, of: string): Promise<void> {
  const stringData = { accessKeyId: "id", secretAccessKey: "secret" };
  const metadata = { name, namespace: installationNamespace, labels: { [projectLabel]: of } };
  await client.create(builtin.Secret, { metadata, type: "Opaque", stringData } as never);
}

type AwsSpec = NonNullable<ClusterSpec["cloud"]["aws"]>;

function awsCloud(settings: Partial<AwsSpec> = {}): ClusterSpec["cloud"] {
  return { dc: "eu", aws: { securityGroupID: groups[0], credentialsReference: { name: "aws" }, ...settings } };
}

async function create(id: string, spec: Partial<ClusterSpec>): Promise<void> {
  const object: Cluster = { metadata: { name: id, labels: { [projectLabel]: project } }, spec: testCluster(spec).spec };
  await client.create(clusterType, object);
}

async function change(id: string, aws: Partial<AwsSpec>): Promise<void> {
  await client.mergePatch(clusterType, { name: id }, { spec: { cloud: { aws } } });
}

async function condition(id: string, says: string): Promise<string> {
  const said = await waitFor(
    async () => {
      const { status } = await client.get(clusterType, { name: id });
      const { status: is = "", reason = "", message = "" } = status?.conditions?.[NODE_PORTS_RESTRICTED] ?? {};
      const text = `${is} ${reason}: ${message}`;
      return text.startsWith(says) && text;
    },
    { what: `cluster ${id} to say ${says}`, timeoutMs: 60_000 },
  );
  return said || "";
}

/** What AWS has: `protocol from-to cidr` of each rule that lets traffic in, sorted. */
async function rules(group = groups[0] ?? ""): Promise<string[]> {
  const { SecurityGroupRules = [] } = await account.send(
    new ec2.DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [group] }] }),
  );
  return SecurityGroupRules.filter(({ IsEgress }) => !IsEgress)
    .map((rule) => `${rule.IpProtocol} ${rule.FromPort}-${rule.ToPort} ${rule.CidrIpv4 ?? rule.CidrIpv6}`)
    .toSorted();
}

async function untilRules(expected: readonly string[], group?: string): Promise<void> {
  await expect.poll(() => rules(group), { timeout: 60_000, interval: 200 }).toEqual(expected.toSorted());
}

const both = (cidr: string, ports = "30000-32767") => [`tcp ${ports} ${cidr}`, `udp ${ports} ${cidr}`];

async function addForeign(cidr: string): Promise<void> {
  const permission = { IpProtocol: "tcp", FromPort: 30000, ToPort: 32767, IpRanges: [{ CidrIp: cidr }] };
  const [GroupId = ""] = groups;
  await account.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission] }));
}

test("the rules of a cluster follow what is allowed, leave others alone, and go with it", async () => {
  await addForeign("192.0.2.0/24");
  const foreign = "tcp 30000-32767 192.0.2.0/24";
  await create("first", { cloud: awsCloud(), clusterNetwork: testNetwork({ ipFamily: "IPv4+IPv6" }) });
  await untilRules([foreign, ...both("0.0.0.0/0"), ...both("::/0")]);
  expect(await condition("first", "True Applied")).toContain("0.0.0.0/0, ::/0");

  const ranges = { cidrBlocks: ["192.0.2.0/24", "2001:DB8::/32"] };
  await change("first", { nodePortsAllowedIPRanges: ranges, nodePortsAllowedIPRange: "198.51.100.0/24" });
  await untilRules([...both("192.0.2.0/24"), ...both("2001:db8::/32"), ...both("198.51.100.0/24")]);

  await change("first", { nodePortsAllowedIPRanges: { cidrBlocks: ["203.0.113.0/24"] }, nodePortsAllowedIPRange: "" });
  await untilRules([foreign, ...both("203.0.113.0/24")]);

  await change("first", { securityGroupID: groups[1] });
  await untilRules(both("203.0.113.0/24"), groups[1]);
  await untilRules([foreign]);

  await client.delete(clusterType, { name: "first" });
  await untilRules([], groups[1]);
  await waitFor(async () => !(await client.find(clusterType, { name: "first" })), { what: "the cluster to go" });
  expect(await rules()).toEqual([foreign]);
});

test("rules of the cluster's own range of NodePorts come, and another cluster's stay when it goes", async () => {
  const apiserver = { nodePortRange: "31000+99" };
  const cloud = awsCloud({ securityGroupID: groups[1], nodePortsAllowedIPRanges: { cidrBlocks: ["10.0.0.0/8"] } });
  await create("stays", { cloud, componentsOverride: { apiserver } });
  await create("goes", { cloud: { ...cloud, aws: { ...cloud.aws, nodePortsAllowedIPRange: "10.9.0.0/16" } } });
  await condition("stays", "True Applied");
  await condition("goes", "True Applied");
  await untilRules([...both("10.0.0.0/8", "31000-31099"), ...both("10.0.0.0/8"), ...both("10.9.0.0/16")], groups[1]);
  await client.delete(clusterType, { name: "goes" });
  await untilRules(both("10.0.0.0/8", "31000-31099"), groups[1]);
});

test("an unchanged cluster is written to neither in AWS nor in its status", async () => {
  const before = await client.get(clusterType, { name: "stays" });
  await client.mergePatch(clusterType, { name: "stays" }, { metadata: { annotations: { look: "again" } } });
  await create("later", { cloud: awsCloud({ credentialsReference: { name: "nobody" } }) });
  await condition("later", "False CredentialsUnusable: Secret kubermatic/nobody is not there");
  const after = await client.get(clusterType, { name: "stays" });
  expect(after.status).toEqual(before.status);
});

test("what is missing is named, and the cluster can go", async () => {
  await credentials("others", "p2");
  const cases: [id: string, settings: Partial<AwsSpec>, says: string][] = [
    ["no-group", { securityGroupID: "" }, "False SettingMissing: spec.cloud.aws.securityGroupID"],
    ["no-secret", { credentialsReference: {} }, "False CredentialsUnusable: spec.cloud.aws.credentialsReference.name"],
    [
      "elsewhere",
      { credentialsReference: { name: "aws", namespace: "default" } },
      "False CredentialsUnusable: spec.cloud.aws.credentialsReference.namespace: expected kubermatic",
    ],
    [
      "foreign",
      { credentialsReference: { name: "others" } },
      "False CredentialsUnusable: Secret kubermatic/others is not for this cluster's project: expected label project-id: p1",
    ],
    ["wrong-group", { securityGroupID: "sg-0123456789abcdef0" }, "False CloudRefused: InvalidGroup.NotFound"],
  ];
  for (const [id, settings, says] of cases) {
    await create(id, { cloud: awsCloud(settings) });
    expect(await condition(id, says)).not.toContain("secret");
    await client.delete(clusterType, { name: id });
    await waitFor(async () => !(await client.find(clusterType, { name: id })), { what: `${id} to go` });
  }
});

test("where rules are not made yet, the cluster says so", async () => {
  await create("google", { cloud: { dc: "gcp", gcp: { nodePortsAllowedIPRanges: { cidrBlocks: ["10.0.0.0/8"] } } } });
  expect(await condition("google", "Unknown NotEnforcedYet")).toContain("not enforced yet on gcp");
});
