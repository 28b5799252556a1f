import { expect, test } from "vitest";
import { incompatibleKubelets } from "./kubelet-skew.ts";

test.each<[string, string[], string[]]>([
  ["1.36.3", ["v1.36.3", "v1.36.9", "v1.35.0", "v1.33.1"], []],
  ["1.36.3", ["v1.32.9"], ["v1.32.9"]],
  ["1.36.3", ["v1.37.0"], ["v1.37.0"]],
  ["1.28.0", ["v1.25.0", "v1.24.0"], ["v1.24.0"]],
  ["1.27.4", ["v1.25.0", "v1.24.17"], ["v1.24.17"]],
  ["1.36.3", ["v9.9.9", "v9.9.9"], ["v9.9.9"]],
  ["1.36.3", ["", "unknown"], []],
])("under %s, of %j refuses %j", (controlPlane, kubelets, refused) => {
  expect(incompatibleKubelets(kubelets, controlPlane)).toEqual(refused);
});
