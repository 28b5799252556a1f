import { setTimeout as sleep } from "node:timers/promises";
import { clusterType } from "@fairlead/resources";
import { layoutOf } from "../start/layout.ts";
import { commandLinesOf } from "../start/testing/fairlead-process.ts";
import { callsHelm, type Round, type Victim } from "./rounds.ts";
import type { Subject } from "./subject.ts";

/** The pods of an add-on go before helm comes: garbage collection stands still for up to 30 s after Canal's CRDs went. */
const helmComesWithinMs = 60_000;
const helmMayComeWithinMs = 8_000;

/**
 * Lets something go wrong, and puts the world in order again: what is left to do is Fairlead's.
 * @returns how often something was hit
 * @throws Error if Fairlead did meanwhile what it must not
 */
export async function provoke(subject: Subject, { change, fault }: Round): Promise<number> {
  switch (fault.kind) {
    case "kill":
      return fault.victim === "fairlead"
        ? await killFairlead(subject, fault.againMs)
        : await killChild(subject, fault.victim, callsHelm(change) ? helmComesWithinMs : helmMayComeWithinMs);
    case "pause":
      await pause(subject, fault.forMs);
      return 1;
    case "full disk":
      await fillDisk(subject, fault.forMs);
      return 1;
    case "clock":
      await subject.setClock(fault.byMs);
      return 1;
    default:
      return fault satisfies never;
  }
}

async function killFairlead(subject: Subject, againMs: number): Promise<number> {
  await subject.stop("SIGKILL");
  if (againMs > 0) {
    subject.spawn();
    await sleep(againMs);
    subject.process.kill("SIGKILL");
    await subject.process.exit();
  }
  await subject.start();
  return againMs > 0 ? 2 : 1;
}

/** helm runs only now and then: it is waited for, and if none comes nothing is hit. */
async function killChild(
  { data }: Subject,
  victim: Exclude<Victim, "fairlead">,
  helmWithinMs: number,
): Promise<number> {
  const deadline = Date.now() + (victim === "helm" ? helmWithinMs : 0);
  for (;;) {
    const found = [...(await commandLinesOf(data))].find(([, line]) => isOf(victim, line, data));
    if (found) {
      process.kill(found[0], "SIGKILL");
      return 1;
    }
    if (Date.now() >= deadline) return 0;
    await sleep(50);
  }
}

/** While nobody can say whether a write is allowed, none may slip by. */
async function pause(subject: Subject, forMs: number): Promise<void> {
  const until = Date.now() + forMs;
  subject.process.kill("SIGSTOP");
  try {
    const signal = AbortSignal.timeout(forMs - 1_000);
    const ref = { name: subject.project };
    const patch = { spec: { clusterNetwork: { pods: { cidrBlocks: ["203.0.113.0/24"] } } } };
    const accepted = await subject.management.mergePatch(clusterType, ref, patch, { signal }).then(
      () => true,
      () => false,
    );
    if (accepted) throw new Error("a write was accepted while the webhooks did not answer");
    await sleep(Math.max(0, until - Date.now()));
  } finally {
    subject.process.kill("SIGCONT");
  }
}

async function fillDisk({ disk }: Subject, forMs: number): Promise<void> {
  if (!disk) throw new Error("there is no disk that can be filled");
  await disk.fill();
  try {
    await sleep(forMs);
  } finally {
    await disk.free();
  }
}

function isOf(victim: Exclude<Victim, "fairlead">, commandLine: string, data: string): boolean {
  const { management, userClusters, registry } = layoutOf(data);
  switch (victim) {
    case "helm":
      return /\/helm (install|upgrade|uninstall|rollback) /.test(commandLine);
    case "management kube-apiserver":
      return commandLine.includes("/kube-apiserver ") && commandLine.includes(management);
    case "user kube-apiserver":
      return commandLine.includes("/kube-apiserver ") && commandLine.includes(userClusters);
    case "etcd":
      return commandLine.includes("/etcd ");
    case "registry":
      return commandLine.includes("/registry ") && commandLine.includes(registry);
    default:
      return victim satisfies never;
  }
}
