import { expect, test } from "vitest";
import { ciliumDefinition } from "./plan.ts";

test("each version of the catalogue names the chart of the same version", () => {
  const definition = ciliumDefinition(["1.13.8", "1.19.4"], {
    helmRepository: "registry.test/charts",
    plainHTTP: false,
  });
  expect(definition.metadata.labels).toEqual({
    "apps.kubermatic.k8c.io/managed-by": "kkp",
    "apps.kubermatic.k8c.io/type": "cni",
  });
  expect(definition.spec.versions.map(({ version, template }) => [version, template.source.helm])).toEqual([
    ["1.13.8", { url: "oci://registry.test/charts", chartName: "cilium", chartVersion: "1.13.8" }],
    ["1.19.4", { url: "oci://registry.test/charts", chartName: "cilium", chartVersion: "1.19.4" }],
  ]);
});

test("plain HTTP and credentials are named only when asked for", () => {
  const definition = ciliumDefinition(["1.13.8"], {
    helmRepository: "127.0.0.1:5000/charts",
    plainHTTP: true,
    registryConfigFile: { name: "registry", key: ".dockerconfigjson" },
  });
  expect(definition.spec.versions[0]?.template.source.helm).toMatchObject({
    plainHTTP: true,
    credentials: { registryConfigFile: { name: "registry", key: ".dockerconfigjson" } },
  });
});
