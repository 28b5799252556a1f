import { expect, test } from "vitest";
import { fieldPointer } from "./field-pointer.ts";

test.each([
  ["spec.clusterNetwork.pods.cidrBlocks[1]", "/spec/clusterNetwork/pods/cidrBlocks/1"],
  ['annotations["kubermatic.io/initial-cni-values-request"]', "/annotations/kubermatic.io~1initial-cni-values-request"],
  ["name", "/name"],
  ["", ""],
])("%s is the pointer %s", (field, pointer) => {
  expect(fieldPointer(field)).toBe(pointer);
});
