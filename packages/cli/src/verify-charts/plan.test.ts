import { cniTransition, loadCatalogue } from "@fairlead/network";
import { expect, test } from "vitest";
import { planRuns, verifiableVersions } from "./plan.ts";

const catalogue = loadCatalogue("current");
const versions = ["1.13.0", "1.13.8", "1.14.16", "1.15.16", "1.16.9", "1.17.16", "1.18.10", "1.19.4"];

test("only versions of the catalogue that come as application are verified", () => {
  expect(verifiableVersions(catalogue, ["1.19.4", "1.19.5", "v1.12", "1.13.0"])).toEqual(["1.13.0", "1.19.4"]);
});

test("every legal way up is taken exactly once", () => {
  const taken = planRuns(versions, catalogue).flatMap((steps) =>
    steps.filter(({ action }) => action === "upgrade").map(({ what }) => what.replace(/ \(.*/, "")),
  );
  const legal = versions.flatMap((old, index) =>
    versions
      .slice(index + 1)
      .filter(
        (next) => cniTransition({ type: "cilium", old, next, labels: {}, kubernetes: "1.36.3" }, catalogue).allowed,
      )
      .map((next) => `${old} -> ${next}`),
  );
  expect(taken.toSorted()).toEqual(legal.toSorted());
  expect(legal).toContain("1.13.0 -> 1.19.4");
  expect(legal).not.toContain("1.13.8 -> 1.15.16");
});

test("every version is installed anew on dual stack, switched both ways, and loses and gets back its Hubble", () => {
  const steps = planRuns(versions, catalogue).flat();
  for (const version of versions) {
    const of = steps.filter(({ wanted }) => wanted.version === version);
    expect(of.some(({ action, wanted }) => action === "install" && wanted.dualStack)).toBe(true);
    const switches = of.filter(({ action }) => action === "proxy mode").map(({ wanted }) => wanted.proxyMode);
    expect(switches.toSorted()).toEqual(["ebpf", "iptables"]);
    expect(of.filter(({ action }) => action === "Hubble").map(({ wanted }) => wanted.hubble)).toEqual([false, true]);
  }
});

test("one package: it is installed and changed", () => {
  expect(planRuns(["1.19.4"], catalogue).map((steps) => steps.map(({ what }) => what))).toEqual([
    ["1.19.4 (iptables, IPv4)", "1.19.4 iptables -> ebpf", "1.19.4 ebpf -> iptables", "1.19.4 off", "1.19.4 on"],
  ]);
});
