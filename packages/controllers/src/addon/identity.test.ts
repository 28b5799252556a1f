import type { KubeObject } from "@fairlead/kube";
import { describe, expect, test } from "vitest";
import { testCluster } from "../testing/cluster.ts";
import { anonymize } from "./identity.ts";
import { addonValues } from "./values.ts";

function valuesOf(host: string, port: number) {
  const cluster = testCluster();
  const address = { url: `https://${host}:${port}`, externalName: host, port };
  const tunnel = { openvpn: { host, port: port + 1 } };
  return { ...addonValues({ ...cluster, status: { address, tunnel } }) };
}

/** As a chart writes them: into strings, numbers and texts of files. */
function render({ cluster }: Record<string, unknown>): KubeObject[] {
  const { id, apiServer, tunnel } = cluster as ReturnType<typeof valuesOf>["cluster"];
  const data = { conf: `remote ${tunnel.openvpn.host} ${tunnel.openvpn.port}\nserver "${apiServer.url}"`, id };
  const template = { metadata: { annotations: { "checksum/config": "0815", other: "x" } } };
  return [
    { kind: "ConfigMap", metadata: { name: "a" }, data } as KubeObject,
    { kind: "DaemonSet", metadata: { name: "b" }, spec: { template, port: apiServer.port } } as KubeObject,
    { kind: "ServiceAccount", metadata: { name: "c" } },
  ];
}

function rendered(host: string, port: number): readonly KubeObject[] {
  const anonymous = anonymize(valuesOf(host, port));
  if (!anonymous) throw new Error("not anonymous");
  return anonymous.restore(render(anonymous.values));
}

describe("anonymize", () => {
  test("two clusters of the same network have the same values", () => {
    const [one, other] = [anonymize(valuesOf("one.test", 6443)), anonymize(valuesOf("10.0.0.2", 31_000))];
    expect(one?.values).toEqual(other?.values);
  });

  test("each gets what it would have been rendered from its own values, but for checksums", () => {
    const own = render(valuesOf("one.test", 6443));
    const restored = rendered("one.test", 6443);
    expect(restored[0]).toEqual(own[0]);
    expect(restored[2]).toEqual(own[2]);
    expect(restored[1]).toMatchObject({
      spec: { port: 6443, template: { metadata: { annotations: { other: "x" } } } },
    });
  });

  test("checksums differ where clusters differ, and stay where they do not", () => {
    const checksum = (objects: readonly KubeObject[]) =>
      JSON.stringify(objects[1]).match(/checksum\/config":"(\w+)"/)?.[1];
    expect(checksum(rendered("one.test", 6443))).toBe(checksum(rendered("one.test", 6443)));
    expect(checksum(rendered("one.test", 6443))).not.toBe(checksum(rendered("two.test", 6443)));
  });

  test("an object in which nothing of the cluster stands is shared", () => {
    const anonymous = anonymize(valuesOf("one.test", 6443));
    const objects: KubeObject[] = [{ kind: "ServiceAccount", metadata: { name: "c" } }];
    expect(anonymous?.restore(objects)).toBe(objects);
  });

  test("what is missing stays missing, for the chart to say", () => {
    const values = valuesOf("one.test", 6443);
    expect(anonymize(values)?.values).toMatchObject({ cluster: { tunnel: { konnectivity: { host: "" } } } });
  });

  test("values that look like placeholders are rendered as they are", () => {
    expect(anonymize({ ...valuesOf("one.test", 6443), mtu: 64_901 })).toBeUndefined();
    expect(anonymize({ cluster: "x" })).toBeUndefined();
  });

  test.each(["a\nup /bin/sh", "{{ lookup }}", 'a"', "a b", "$(id)"])("a host %j goes past no schema", (host) => {
    expect(anonymize(valuesOf(host, 6443))).toBeUndefined();
  });
});
