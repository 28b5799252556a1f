import type { ApplicationDefinition } from "@fairlead/resources";
import { describe, expect, test } from "vitest";
import { admitApplicationDefinition, admitDefinitionDeletion } from "./admit-application-definition.ts";
import { allowedChartAddresses } from "./chart-addresses.ts";

const helm = { url: "oci://example.com/charts", chartName: "c", chartVersion: "1.0.0" };
const secret = { name: "s", key: "k" };

function definition(spec: object, labels: Record<string, string> = {}): ApplicationDefinition {
  return { metadata: { name: "cilium", labels }, spec: { description: "", method: "helm", versions: [], ...spec } };
}

function version(source: object, number = "1.0.0") {
  return { version: number, template: { source } };
}

function create(object: ApplicationDefinition): string[] {
  return admitApplicationDefinition({ operation: "CREATE", object }).errors.map(({ field }) => field);
}

const at = "spec.versions[0].template.source";
const digest = `sha256:${"0".repeat(64)}`;

describe("the source of a version", () => {
  test.each<[object, string[]]>([
    [{ helm }, []],
    [{}, [at]],
    [{ helm, git: { remote: "https://r", ref: { tag: "t" } } }, [at]],
    [{ helm: { ...helm, credentials: { registryConfigFile: secret } } }, []],
    [{ helm: { ...helm, credentials: { username: secret, password: secret } } }, []],
    [{ helm: { ...helm, credentials: { username: secret } } }, [`${at}.helm.credentials.password`]],
    [{ helm: { ...helm, credentials: { password: secret } } }, [`${at}.helm.credentials.username`]],
    [
      { helm: { ...helm, credentials: { registryConfigFile: secret, username: secret, password: secret } } },
      [`${at}.helm.credentials`],
    ],
    [{ git: { remote: "https://r", ref: {} } }, [`${at}.git.ref`]],
    [{ git: { remote: "https://r", ref: { branch: "b" } } }, []],
    [{ git: { remote: "https://r", ref: { branch: "b", commit: "c" } } }, []],
    [{ git: { remote: "https://r", ref: { commit: "c" } } }, [`${at}.git.ref.branch`]],
    [{ git: { remote: "https://r", ref: { tag: "t", branch: "b" } } }, [`${at}.git.ref.tag`]],
    [
      { git: { remote: "https://r", ref: { tag: "t" }, credentials: { method: "password" } } },
      [`${at}.git.credentials.username`, `${at}.git.credentials.password`],
    ],
    [{ git: { remote: "https://r", ref: { tag: "t" }, credentials: { method: "ssh-key", sshKey: secret } } }, []],
    [{ git: { remote: "https://r", ref: { tag: "t" }, credentials: { method: "toString" } } }, []],
    [{ helm: { ...helm, chartName: "../../secret" } }, [`${at}.helm.chartName`]],
    [{ helm: { ...helm, chartName: "-x" } }, [`${at}.helm.chartName`]],
    [{ helm: { ...helm, url: "https://joe:hunter22@example.com" } }, [`${at}.helm.url`]],
    [{ helm: { ...helm, url: "http://169.254.169.254/latest" } }, [`${at}.helm.url`]],
    [{ helm: { ...helm, url: "oci://127.1:5000/charts" } }, [`${at}.helm.url`]],
    [{ helm: { ...helm, url: "oci://2130706433/charts" } }, [`${at}.helm.url`]],
    [{ helm: { ...helm, url: "https://[::ffff:169.254.169.254]/" } }, [`${at}.helm.url`]],
    [{ helm: { ...helm, url: "https://localhost:8443" } }, [`${at}.helm.url`]],
    [{ helm: { ...helm, url: "https://10.0.0.7" } }, []],
    [{ git: { remote: "git@127.0.0.1:charts", ref: { tag: "t" } } }, [`${at}.git.remote`]],
    [{ git: { remote: "ssh://git@[fe80::1]/charts", ref: { tag: "t" } } }, [`${at}.git.remote`]],
    [{ git: { remote: "ssh://-oProxyCommand=x/charts", ref: { tag: "t" } } }, [`${at}.git.remote`]],
    [{ git: { remote: "git@example.com:team/charts.git", ref: { tag: "t" } } }, []],
    [{ git: { remote: "file:///etc", ref: { tag: "t" } } }, [`${at}.git.remote`]],
    [{ git: { remote: "ext::sh -c id", ref: { tag: "t" } } }, [`${at}.git.remote`]],
    [{ git: { remote: "https://r", path: "../x", ref: { tag: "t" } } }, [`${at}.git.path`]],
    [
      { helm: { url: "https://c", chartName: "x", chartVersion: "1", chartDigest: digest } },
      [`${at}.helm.chartDigest`],
    ],
    [{ helm: { url: "oci://c", chartName: "x", chartVersion: "1", chartDigest: digest } }, []],
  ])("%j: %j", (source, expected) => {
    expect(create(definition({ versions: [version(source)] }))).toEqual(expected);
  });
});

test("each version comes once", () => {
  expect(create(definition({ versions: [version({ helm }), version({ helm })] }))).toEqual([
    "spec.versions[1].version",
  ]);
});

test.each<[object, object, string[]]>([
  [{}, {}, []],
  [{ atomic: true }, { atomic: true, wait: true, timeout: "5m0s" }, []],
  [{ wait: true, timeout: "0" }, { wait: true, timeout: "5m0s" }, []],
  [{ wait: true, timeout: "90s" }, { wait: true, timeout: "90s" }, []],
  [{ timeout: "90s" }, { timeout: "90s" }, ["spec.defaultDeployOptions.helm.timeout"]],
  [{ timeout: "0s" }, { timeout: "0s" }, []],
  [{ wait: true, timeout: "-1m" }, { wait: true, timeout: "-1m" }, ["spec.defaultDeployOptions.helm.timeout"]],
])("deploy options %j become %j", (options, expected, problems) => {
  const object = definition({ defaultDeployOptions: { helm: options } });
  const admission = admitApplicationDefinition({ operation: "CREATE", object });
  expect(admission.object.spec.defaultDeployOptions).toEqual({ helm: expected });
  expect(admission.errors.map(({ field }) => field)).toEqual(problems);
});

describe("a version that is some cluster's CNI (ruling 13)", () => {
  const cni = { "apps.kubermatic.k8c.io/type": "cni" };
  const both = [version({ helm }, "1.13.8"), version({ helm }, "1.14.0")];
  const cniVersionsInUse = new Set(["1.13.8"]);
  const change = (versions: object[]) =>
    admitApplicationDefinition({
      operation: "UPDATE",
      oldObject: definition({ versions: both }, cni),
      object: definition({ versions }),
      cniVersionsInUse,
    }).errors.map(({ code, field }) => [code, field]);

  test("stays, also if the definition loses its label in the same write", () => {
    expect(change([version({ helm }, "1.14.0")])).toEqual([["cni-version-in-use", "spec.versions"]]);
  });
  test("keeps no other version", () => {
    expect(change([version({ helm }, "1.13.8")])).toEqual([]);
  });
  test("keeps its definition", () => {
    const object = definition({ versions: both }, cni);
    expect(admitDefinitionDeletion(object, cniVersionsInUse)).toMatchObject([{ reason: "FieldValueForbidden" }]);
    expect(admitDefinitionDeletion(object, new Set())).toEqual([]);
    const others = definition({ versions: [version({ helm }, "1.14.0")] }, cni);
    expect(admitDefinitionDeletion(others, cniVersionsInUse)).toEqual([]);
  });
});

test("the method is immutable", () => {
  const object = definition({ method: "other" });
  const { errors } = admitApplicationDefinition({ operation: "UPDATE", oldObject: definition({}), object });
  expect(errors.map(({ field }) => field)).toEqual(["spec.method"]);
});

test.each([{}, { spec: null }, { spec: { versions: "x" } }, { spec: { versions: [{}] } }])(
  "%j does not crash",
  (rest) => {
    expect(() => create({ metadata: {}, ...rest } as unknown as ApplicationDefinition)).not.toThrow();
  },
);

describe("an address that is loopback or the like", () => {
  const configuration = (spec: object) => ({ configuration: { metadata: {}, spec }, seeds: [] });
  const closed = definition({ versions: [version({ helm: { ...helm, url: "oci://127.0.0.1:5000/charts" } })] });
  const fieldsWith = (spec: object, write: object = {}) =>
    admitApplicationDefinition({
      operation: "CREATE",
      object: closed,
      allowedAddresses: allowedChartAddresses(configuration(spec)),
      ...write,
    }).errors.map(({ field }) => field);

  test("is allowed exactly, by the configuration's list or its repository of system applications", () => {
    expect(fieldsWith({ chartSources: { allowedAddresses: ["127.0.0.1:5000"] } })).toEqual([]);
    expect(fieldsWith({ userCluster: { systemApplications: { helmRepository: "127.0.0.1:5000/x" } } })).toEqual([]);
    for (const other of ["127.0.0.1:5001", "127.0.0.0/8", "127.0.0.1", "*", "localhost:5000"]) {
      expect(fieldsWith({ chartSources: { allowedAddresses: [other] } })).toEqual([`${at}.helm.url`]);
    }
    expect(fieldsWith({ systemApplications: { helmRepository: "127.0.0.1/x", plainHTTP: true } })).not.toEqual([]);
  });

  test("that is stored already does not stand in the way of another change", () => {
    const object = { ...closed, spec: { ...closed.spec, description: "other" } };
    expect(fieldsWith({}, { operation: "UPDATE", object, oldObject: closed })).toEqual([]);
  });

  test("the refusal says what an administrator can do", () => {
    const [error] = admitApplicationDefinition({ operation: "CREATE", object: closed }).errors;
    expect(error?.message).toBe(
      "charts are not fetched from 127.0.0.1:5000 (loopback); if it is meant, an administrator names exactly 127.0.0.1:5000 in spec.chartSources.allowedAddresses of the KubermaticConfiguration",
    );
  });
});
