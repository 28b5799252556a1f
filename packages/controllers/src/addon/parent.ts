import type { ApplySetParent } from "@fairlead/kube";
import type { Addon } from "@fairlead/resources";
import { KUBE_SYSTEM } from "../names.ts";

/** ConfigMap in the user cluster that holds an Addon's objects together. */
export function parentOf({ metadata }: Addon): ApplySetParent {
  return { name: `fairlead-addon-${metadata.name ?? ""}`, namespace: KUBE_SYSTEM };
}
