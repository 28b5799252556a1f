import { builtin, type DaemonSet } from "@fairlead/kube";
import {
  type ApiApplicationValues,
  type ApiApplicationValuesPreview,
  type ApiCniRollout,
  applicationInstallationType,
  type Cluster,
  clusterType,
} from "@fairlead/resources";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestCluster, TestInstallation } from "./testing/test-installation.ts";

const unavailable = "fairlead.dev/simulate-unavailable-images";

/** What they begin with, and the image of a later version that their simulated nodes cannot get. */
const specs = {
  canal: { cniPlugin: { type: "canal", version: "v3.22" }, image: "quay.io/calico/node:v3.25.1" },
  cilium: { cniPlugin: { type: "cilium", version: "1.13.0" }, image: "quay.io/cilium/cilium:v1.13.8" },
} as const;
type Name = keyof typeof specs;

let fairlead: TestInstallation;
let project: string;
const clusters = new Map<Name, TestCluster>();

beforeAll(async () => {
  fairlead = await TestInstallation.start();
  project = await fairlead.createProject("lifecycle");
  await Promise.all(
    (Object.keys(specs) as Name[]).map(async (name) => {
      const { image, cniPlugin } = specs[name];
      const annotations = { [unavailable]: image };
      clusters.set(name, await fairlead.applyCluster({ project, id: name, spec: { cniPlugin }, annotations }));
    }),
  );
});
afterAll(async () => {
  await fairlead?.finish();
});

function cluster(name: Name): TestCluster {
  const found = clusters.get(name);
  if (!found) throw new Error(`cluster ${name} was not created`);
  return found;
}

async function kubectl(...args: string[]): Promise<void> {
  const { ok, stderr } = await fairlead.kubectl(args);
  expect(ok, stderr).toBe(true);
}

async function stored(name: Name): Promise<Cluster> {
  return await fairlead.management.get(clusterType, { name: cluster(name).id });
}

async function setVersion(name: Name, version: string): Promise<void> {
  await kubectl(
    "patch",
    "cluster",
    cluster(name).id,
    "--type=merge",
    "-p",
    JSON.stringify({ spec: { cniPlugin: { version } } }),
  );
}

/** `True RolledOut`, and the message. */
async function cniReady(name: Name): Promise<[state: string, message: string]> {
  const { status, reason, message = "" } = (await stored(name)).status?.conditions?.CNIReady ?? {};
  return [`${status} ${reason}`, message];
}

async function untilReady(name: Name, version: string): Promise<void> {
  await expect
    .poll(async () => [(await stored(name)).spec.cniPlugin?.version, (await cniReady(name))[0]], { timeout: 150_000 })
    .toEqual([version, "True RolledOut"]);
}

async function agents(name: Name): Promise<DaemonSet> {
  return await cluster(name).client.get(builtin.DaemonSet, { name, namespace: "kube-system" });
}

/** Images of the CNI's DaemonSet, and whether each node has a pod of it. */
async function running(name: Name): Promise<string> {
  const { spec, status } = await agents(name);
  const image = spec?.template.spec.containers[0]?.image ?? "";
  return `${image.split(":").at(-1)} on ${status?.numberAvailable ?? 0} of ${status?.desiredNumberScheduled}`;
}

async function events(name: Name): Promise<string[]> {
  const { uid } = (await stored(name)).metadata;
  const { items } = await fairlead.management.list(builtin.Event, { fieldSelector: `regarding.uid=${uid}` });
  return items.map(({ reason }) => reason ?? "");
}

describe("Canal, an add-on", () => {
  test("goes step by step to the version that an annotation names, pausing where it is told to", async () => {
    await untilReady("canal", "v3.22");
    const { id } = cluster("canal");
    await kubectl(
      "annotate",
      "cluster",
      id,
      "fairlead.dev/cni-upgrade-paused=",
      "fairlead.dev/cni-target-version=v3.24",
    );
    const upgrade = async () => (await stored("canal")).status?.cniUpgrade;
    await expect.poll(async () => (await upgrade())?.state, { timeout: 60_000 }).toBe("Paused");
    expect(await upgrade()).toMatchObject({ from: "v3.22", steps: [{ version: "v3.23" }, { version: "v3.24" }] });
    expect(await running("canal")).toBe("v3.22.4 on 1 of 1");

    await kubectl("annotate", "cluster", id, "fairlead.dev/cni-upgrade-paused-");
    await expect.poll(async () => (await upgrade())?.state, { timeout: 150_000 }).toBe("Complete");
    expect(await upgrade()).toMatchObject({
      steps: [
        { version: "v3.23", state: "Done" },
        { version: "v3.24", state: "Done" },
      ],
    });
    expect(await running("canal")).toBe("v3.24.5 on 1 of 1");
    const asked = async () => {
      const { spec, metadata } = await stored("canal");
      return [spec.cniPlugin?.version, metadata.annotations?.["fairlead.dev/cni-target-version"]];
    };
    await expect.poll(asked, { timeout: 60_000 }).toEqual(["v3.24", undefined]);
    await expect.poll(() => events("canal"), { timeout: 60_000 }).toContain("CNIUpgradeComplete");
    const told = await events("canal");
    expect(told.filter((reason) => reason === "CNIUpgradeStep")).toHaveLength(2);
  });

  test("a version that does not come up is rolled back, and it says so", async () => {
    const { id } = cluster("canal");
    await kubectl("annotate", "cluster", id, "fairlead.dev/cni-rollout-timeout=10s");
    await setVersion("canal", "v3.25");
    await expect
      .poll(() => cniReady("canal"), { timeout: 150_000 })
      .toEqual(["False RolledBack", expect.stringContaining("v3.25 was rolled back to v3.24")]);
    await expect.poll(() => running("canal"), { timeout: 60_000 }).toBe("v3.24.5 on 1 of 1");
    await expect.poll(() => events("canal"), { timeout: 60_000 }).toContain("CNIRolledBack");
    // What the user asks for stays: going back to what runs settles it.
    await setVersion("canal", "v3.24");
    await untilReady("canal", "v3.24");
  });
});

describe("Cilium, an application", () => {
  test("values: every key with its layer; edits by kubectl and REST, none of a managed key", async () => {
    await untilReady("cilium", "1.13.0");
    const { id } = cluster("cilium");
    const url = `/api/v2/projects/${project}/clusters/${id}/applicationinstallations/kube-system/cilium/values`;
    const { body } = await fairlead.call<ApiApplicationValues>("GET", url);
    const layers = Object.fromEntries(body.keys.map(({ path, layer }) => [path, layer]));
    expect(layers).toMatchObject({
      "cni.exclusive": "managed",
      "operator.replicas": "definition",
      "hubble.relay.replicas": "chart",
    });
    const hubble = { ...(body.values.hubble as object), ui: { enabled: false } };
    const preview = await fairlead.call<ApiApplicationValuesPreview>("POST", url, {
      values: { ...body.values, hubble },
    });
    expect(preview.body.changes.map(({ path }) => path)).toEqual(["hubble.ui.enabled"]);
    expect((await fairlead.call("PUT", url, { values: { ...body.values, hubble } })).status).toBe(200);
    const ui = () => cluster("cilium").client.find(builtin.Service, { name: "hubble-ui", namespace: "kube-system" });
    await expect.poll(ui, { timeout: 60_000 }).toBeUndefined();

    const edit = (values: object) =>
      cluster("cilium").kubectl(
        "patch",
        "applicationinstallation",
        "cilium",
        "-n",
        "kube-system",
        "--type=merge",
        "-p",
        JSON.stringify({ spec: { values } }),
      );
    await edit({ hubble: { ui: { enabled: true } } });
    await expect.poll(ui, { timeout: 60_000 }).toBeDefined();
    await expect(edit({ cni: { exclusive: true } })).rejects.toThrow(/spec\.values\.cni\.exclusive.*Multus/);
  });

  test("a version that does not come up is rolled back by itself; when it can, it is installed", async () => {
    const { id, client } = cluster("cilium");
    await untilReady("cilium", "1.13.0");
    await kubectl("annotate", "cluster", id, "fairlead.dev/cni-rollout-timeout=15s");
    await setVersion("cilium", "1.13.8");
    await expect
      .poll(() => cniReady("cilium"), { timeout: 170_000 })
      .toEqual(["False RolledBack", expect.stringMatching(/rolled back to revision \d+, which runs as revision \d+/)]);
    await expect.poll(() => running("cilium"), { timeout: 60_000 }).toBe("v1.13.0 on 1 of 1");
    await expect.poll(() => events("cilium"), { timeout: 60_000 }).toContain("CNIRolledBack");

    // From here on it may take as long as it takes.
    const other = `${unavailable}=quay.io/cilium/operator-generic:nowhere`;
    await kubectl("annotate", "--overwrite", "cluster", id, other, "fairlead.dev/cni-rollout-timeout=5m");
    // Other values are another input, which does not wait for the next try.
    await cluster("cilium").kubectl(
      "patch",
      "applicationinstallation",
      "cilium",
      "-n",
      "kube-system",
      "--type=merge",
      "-p",
      '{"spec":{"values":{"debug":{"enabled":true}}}}',
    );
    await untilReady("cilium", "1.13.8");
    expect(await running("cilium")).toBe("v1.13.8 on 1 of 1");
    const { spec } = await client.get(applicationInstallationType, { name: "cilium", namespace: "kube-system" });
    expect(spec.values).toMatchObject({ debug: { enabled: true }, cni: { exclusive: false } });
    const releases: unknown = JSON.parse(await cluster("cilium").helm("list", "-A", "-o", "json"));
    expect(releases).toMatchObject([{ name: "kube-system-cilium", chart: "cilium-1.13.8", status: "deployed" }]);
  });

  test("values that the new chart cannot be rendered with stop the upgrade before anything is touched", async () => {
    const before = await agents("cilium");
    const edit = (values: object) =>
      cluster("cilium").kubectl(
        "patch",
        "applicationinstallation",
        "cilium",
        "-n",
        "kube-system",
        "--type=merge",
        "-p",
        JSON.stringify({ spec: { values } }),
      );
    await edit({ routingMode: "fast" });
    await untilReady("cilium", "1.13.8");
    await setVersion("cilium", "1.14.16");
    await expect
      .poll(() => cniReady("cilium"), { timeout: 90_000 })
      .toEqual(["False PreflightFailed", expect.stringContaining("cannot be rendered with the values")]);
    expect((await agents("cilium")).metadata.uid).toBe(before.metadata.uid);
    expect(await running("cilium")).toBe("v1.13.8 on 1 of 1");
    await edit({ routingMode: null });
    await untilReady("cilium", "1.14.16");
  });

  test("a roll-out changes its values, and stops where a cluster must not, or cannot, have them", async () => {
    const { id } = cluster("cilium");
    const url = "/api/v2/cnirollouts";
    const rollOut = async (name: string, values: object, phase: string) => {
      expect((await fairlead.call("POST", url, { name, spec: { cni: "cilium", values } })).status).toBe(201);
      const get = async () => (await fairlead.call<ApiCniRollout>("GET", `${url}/${name}`)).body.status;
      await expect.poll(async () => (await get())?.phase, { timeout: 120_000 }).toBe(phase);
      return (await get())?.problems;
    };
    const helm = async (...args: string[]): Promise<unknown> =>
      JSON.parse(await cluster("cilium").helm(...args, "-n", "kube-system", "-o", "json"));
    const given = () => helm("get", "values", "kube-system-cilium");
    const revision = async () => ((await helm("list")) as { revision: string }[])[0]?.revision;
    const changes = async () => (await stored("cilium")).status?.cniValuesChanges ?? [];
    const asked = async () => (await stored("cilium")).metadata.annotations?.["fairlead.dev/cni-values-change"];
    const before = (await given()) as Record<string, object>;
    expect(before).toMatchObject({ debug: { enabled: true }, hubble: { ui: { enabled: true } } });

    expect(await rollOut("ui-off", { hubble: { ui: { enabled: false } }, debug: null }, "Complete")).toEqual([]);
    const after = (await given()) as Record<string, object>;
    expect(after).toMatchObject({ hubble: { ui: { enabled: false } }, cni: { exclusive: false } });
    expect(after).toEqual({ ...before, hubble: after.hubble, debug: undefined });
    expect(await changes()).toMatchObject([{ rollout: { name: "ui-off" }, state: "Done" }]);
    expect(await asked()).toBeUndefined();
    await untilReady("cilium", "1.14.16");
    const ran = await revision();

    // Nothing of it is written, also not what would be allowed. What is blocked waits until it is given up.
    const giveUp = async (message: string) => {
      expect((await changes())[0]).toMatchObject({ state: "Blocked", message: expect.stringContaining(message) });
      await kubectl("annotate", "cluster", id, "fairlead.dev/cni-values-change-");
      await expect.poll(async () => (await changes())[0]?.state, { timeout: 60_000 }).toBe("Failed");
    };
    const managed = await rollOut("managed", { debug: { enabled: true }, cni: { exclusive: true } }, "Stopped");
    const whose = expect.stringMatching(/cni\.exclusive: .*Multus/);
    expect(managed).toEqual([{ cluster: id, state: "Failed", message: whose }]);
    await giveUp("cni.exclusive");
    const refused = await rollOut("refused", { debug: { enabled: true }, routingMode: "fast" }, "Stopped");
    expect(refused).toMatchObject([{ message: expect.stringContaining("cannot be rendered with the values") }]);
    await kubectl("annotate", "--overwrite", "cluster", id, "fairlead.dev/cni-rollout-timeout=10s");
    await giveUp("routingMode");
    await untilReady("cilium", "1.14.16");
    expect(await given()).toEqual(after);
    expect(await revision()).toBe(ran);

    // What does not come up is rolled back, and the installation does not keep it.
    const failed = await rollOut("nowhere", { operator: { image: { tag: "nowhere" } } }, "Stopped");
    expect(failed).toMatchObject([{ message: expect.stringMatching(/rolled back .* values become what they were/) }]);
    await untilReady("cilium", "1.14.16");
    expect(await given()).toEqual(after);
    await kubectl("annotate", "--overwrite", "cluster", id, "fairlead.dev/cni-rollout-timeout=5m");
    const told = await events("cilium");
    expect(told).toEqual(expect.arrayContaining(["CNIValuesDone", "CNIValuesBlocked", "CNIValuesFailed"]));
  });

  test("deleted without a downgrade it comes again", async () => {
    const { client } = cluster("cilium");
    const ref = { name: "cilium", namespace: "kube-system" };
    const { uid } = (await client.get(applicationInstallationType, ref)).metadata;
    await cluster("cilium").kubectl("delete", "applicationinstallation", "cilium", "-n", "kube-system");
    await expect
      .poll(async () => (await client.find(applicationInstallationType, ref))?.metadata.uid ?? uid, { timeout: 60_000 })
      .not.toBe(uid);
    await untilReady("cilium", "1.14.16");
  });
});
