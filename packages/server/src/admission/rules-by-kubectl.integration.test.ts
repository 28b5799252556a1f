import { isDeepStrictEqual } from "node:util";
import { judgeChangedCluster, judgeNewCluster, summarizeProblems } from "@fairlead/admission";
import { StatusError } from "@fairlead/kube";
import { creationRules, updateRules } from "@fairlead/network";
import { creationRows, updateRows, variants, withFields } from "@fairlead/network/testing";
import { type Cluster, clusterSpecSchema, clusterType } from "@fairlead/resources";
import type { KubectlOutcome } from "@fairlead/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { minimalCluster, TestWebhooks } from "../testing/test-webhooks.ts";

/** FAIRLEAD_FUZZ_RUNS=5000 is the long form; FAIRLEAD_FUZZ_SEED takes other objects. */
const runs = Number(process.env.FAIRLEAD_FUZZ_RUNS ?? 500);
const seed = Number(process.env.FAIRLEAD_FUZZ_SEED ?? 1);

type Spec = Record<string, unknown>;
interface Case {
  code: string;
  name: string;
  spec: Spec;
  labels?: Readonly<Record<string, string>>;
}

let webhooks: TestWebhooks;

beforeAll(async () => {
  webhooks = await TestWebhooks.start({
    datacenters: {
      "aws-dc": { spec: { aws: {} } },
      "azure-dc": { spec: { azure: {} } },
      "gcp-dc": { spec: { gcp: { region: "r" } } },
      "hetzner-dc": { spec: { hetzner: { network: "n" } } },
      "openstack-dc": { spec: { openstack: {} } },
      "vsphere-dc": { spec: { vsphere: {} } },
    },
    kubernetesVersions: ["1.25.16", "1.30.9", "1.33.5", "1.34.1", "1.35.4", "1.36.3"],
  });
});
afterAll(() => webhooks?.stop());

/** As the API server passes objects on; some errors name fields in the order in which they come. */
const sorted = (spec: Spec) => parse(stringify(spec, { sortMapEntries: true })) as Spec;

function complete(cluster: Cluster): Spec {
  return judgeNewCluster(cluster.spec, webhooks.installation).spec as Spec;
}

/** One kubectl for all of them, since starting it takes longer than what it does; it passes on what it could refuse itself. */
function run(args: readonly string[], cases: readonly Case[]): Promise<KubectlOutcome> {
  const items = cases.map(({ name, spec, labels }) => ({
    apiVersion: clusterType.apiVersion,
    kind: clusterType.kind,
    metadata: { name, labels: { ...labels, "project-id": "p" } },
    spec,
  }));
  return webhooks.apiServer.kubectl([...args, "--validate=false", "-f", "-"], {
    apiVersion: "v1",
    kind: "List",
    items,
  });
}

/** What kubectl says of each object that is refused, without the words before. */
function refusals({ stderr }: KubectlOutcome): string[] {
  return stderr
    .split("Error from server ")
    .flatMap((text) => /denied the request: invalid cluster: (.*)/s.exec(text)?.[1]?.trim() ?? []);
}

describe("every rule, with kubectl", () => {
  test("of creation refuses in its own words, and accepts the twin", async () => {
    const refused: (Case & { words: string })[] = [];
    const accepted: Case[] = [];
    for (const [index, row] of creationRows.entries()) {
      const { code, provider = "bringyourown", refused: wrong, accepted: right, context } = row;
      const name = `row-${index}`;
      const dc = provider === "bringyourown" ? "local" : `${provider}-dc`;
      const base = complete({
        ...minimalCluster(name),
        spec: { ...minimalCluster(name).spec, cloud: { dc, [provider]: {} } },
      });
      const spec = sorted(withFields(base, wrong));
      const { errors } = judgeNewCluster(spec, webhooks.installation);
      if (errors.some((error) => error.code === code))
        refused.push({ code, name, spec, words: summarizeProblems(errors) });
      if (!context) accepted.push({ code, name, spec: withFields(base, right) });
    }
    const outcome = await run(["apply", "--dry-run=server"], refused);
    expect(refusals(outcome), outcome.stderr).toEqual(refused.map(({ words }) => words));
    const twins = await run(["apply", "--dry-run=server"], accepted);
    expect(twins.ok, twins.stderr).toBe(true);
    // What leaves these open gets a default before it is judged.
    const repaired = ["provider-name-mismatch", "pods-required", "services-required", "nodeport-range-required"];
    const enforced = new Set(refused.map(({ code }) => code));
    expect(creationRules.map(({ code }) => code).filter((code) => !enforced.has(code))).toEqual(repaired);
  });

  test("of changes refuses in its own words, stores nothing, and accepts the twin", async () => {
    const stored: Case[] = [];
    const refused: (Case & { words: string })[] = [];
    const accepted: Case[] = [];
    for (const [index, { code, old: before, refused: wrong, accepted: right, labels }] of updateRows.entries()) {
      const name = `change-${index}`;
      const old = sorted(withFields(complete(minimalCluster(name)), { pause: true, ...before }));
      const spec = sorted(withFields(old, wrong));
      const { errors } = judgeChangedCluster({ spec: old }, { spec }, webhooks.installation);
      stored.push({ code, name, spec: old });
      if (errors.some((error) => error.code === code))
        refused.push({ code, name, spec, words: summarizeProblems(errors) });
      accepted.push({ code, name, spec: withFields(old, right), ...(labels ? { labels } : {}) });
    }
    const created = await run(["create"], stored);
    expect(created.ok, created.stderr).toBe(true);
    const before = await webhooks.client.list(clusterType);
    const outcome = await run(["replace"], refused);
    expect(refusals(outcome), outcome.stderr).toEqual(refused.map(({ words }) => words));
    expect((await webhooks.client.list(clusterType)).items).toEqual(before.items);
    const twins = await run(["replace"], accepted);
    expect(twins.ok, twins.stderr).toBe(true);
    // What is left out stays as it is.
    const enforced = new Set(refused.map(({ code }) => code));
    expect(updateRules.map(({ code }) => code).filter((code) => !enforced.has(code))).toEqual(["cni-removed"]);
  });
});

describe(`of ${runs} hostile Clusters (seed ${seed})`, () => {
  /** A status below 500, and what is stored then is what the rules accept. */
  async function attempt(object: unknown, write: (cluster: Cluster) => Promise<Cluster>): Promise<boolean> {
    try {
      const { spec } = await write(object as Cluster);
      const judged = judgeNewCluster(spec, webhooks.installation);
      expect([object, judged.errors]).toEqual([object, []]);
      expect([object, isDeepStrictEqual(judged.spec, spec)]).toEqual([object, true]);
      expect([object, clusterSpecSchema.safeParse(spec).error]).toEqual([object, undefined]);
      return true;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      expect([object, error.code < 500, error.message]).toEqual([object, true, expect.any(String)]);
      return false;
    }
  }

  /** As a client of no particular care does. */
  function post(object: unknown): Promise<Cluster> {
    const { apiVersion, kind } = clusterType;
    const body = typeof object === "object" && object !== null ? { ...object, apiVersion, kind } : object;
    return webhooks.client.request<Cluster>({ method: "POST", path: "/apis/kubermatic.k8c.io/v1/clusters", body });
  }

  test("none that the rules refuse is created, and none breaks anything", async () => {
    const base = { ...minimalCluster("hostile"), spec: complete(minimalCluster("hostile")) };
    let created = 0;
    for (const one of variants(base, { count: runs, seed })) {
      const accepted = await attempt(one, async (object) => {
        const cluster = await post(object);
        await webhooks.remove(cluster.metadata.name ?? "");
        return cluster;
      });
      if (accepted) created++;
    }
    expect(created).toBeGreaterThan(runs / 100);
    expect(created).toBeLessThan(runs / 2);
  });

  test("none that the rules refuse comes about by a change, and none breaks anything", async () => {
    const name = "changed";
    const { metadata } = await webhooks.client.create(clusterType, minimalCluster(name));
    let current = await webhooks.client.get(clusterType, { name });
    let changed = 0;
    for (const one of variants({ metadata: { labels: metadata.labels }, spec: current.spec }, { count: runs, seed })) {
      const accepted = await attempt(one, async (object) => {
        const fixed = {
          ...object,
          metadata: { ...object?.metadata, name, resourceVersion: current.metadata.resourceVersion ?? "" },
        };
        current = await webhooks.client.replace(clusterType, fixed);
        return current;
      });
      if (accepted) changed++;
    }
    expect(changed).toBeGreaterThan(runs / 100);
    expect(await webhooks.client.get(clusterType, { name })).toEqual(current);
  });
});
