/**
 * Which clusters a CNIRollout begins next, and what it says of itself. Pure.
 *
 * Clusters have a fixed order, by a hash of rollout and cluster; the waves are parts of it. So nothing has to be remembered
 * of who belongs to which wave, and a canary is not always the same cluster.
 * @module
 */
import { createHash } from "node:crypto";
import {
  type Cluster,
  type CniRollout,
  type CniRolloutPhase,
  type CniRolloutStatus,
  type CniRolloutWaveStatus,
  goDurationMs,
  projectLabel,
} from "@fairlead/resources";
import { digestOf } from "../cni-application/values-change.ts";
import { kubernetesTime } from "../time.ts";
import type { ClusterState } from "./cluster-state.ts";

export interface RolloutInput {
  rollout: CniRollout;
  /** Of the selected clusters, in {@link inOrder}. */
  states: readonly ClusterState[];
  /** RFC 3339. */
  now: string;
}

export interface RolloutPlan {
  status: CniRolloutStatus;
  /** Names of the clusters to begin with now. */
  begin: string[];
  /** How many are left, all of them held: until something changes in one of them there is nothing to do. */
  waiting: number;
}

const defaultWaves: NonNullable<CniRollout["spec"]["waves"]> = [
  { name: "canary", clusters: "1", soak: "10m" },
  { clusters: "10%", soak: "10m" },
];
const defaultConcurrent = 10;
const namedProblems = 20;

export function isSelected({ metadata, spec }: Cluster, { spec: rollout }: CniRollout): boolean {
  if (metadata.deletionTimestamp || spec.cniPlugin?.type !== rollout.cni) return false;
  const { matchLabels = {}, projects, datacenters } = rollout.selector ?? {};
  const labels = metadata.labels ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    (projects === undefined || projects.includes(labels[projectLabel] ?? "")) &&
    (datacenters === undefined || datacenters.includes(spec.cloud.dc))
  );
}

export function inOrder(clusters: readonly Cluster[], { metadata }: CniRollout): Cluster[] {
  const rank = ({ metadata: { name = "" } }: Cluster) =>
    createHash("sha256")
      .update(`${metadata.uid ?? metadata.name} ${name}`)
      .digest("hex");
  return clusters
    .map((cluster) => ({ cluster, rank: rank(cluster) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ cluster }) => cluster);
}

export function planRollout({ rollout, states, now }: RolloutInput): RolloutPlan {
  const { spec } = rollout;
  const subject = subjectOf(spec);
  const before = isOf(rollout.status, subject) ? rollout.status : undefined;
  const parts = wavesOf(rollout, states);
  const waves = parts.map((part, index) => waveStatus(part, before?.waves[index], now));
  const failed = states.filter(({ state }) => state === "failed");
  const isStopped = failed.length > (spec.maxFailures ?? 0);
  const due = dueWave(parts, waves, now);
  const underWay = states.filter(({ state }) => state === "progressing").length;
  const room = Math.max(0, (spec.maxConcurrent ?? defaultConcurrent) - underWay);
  const pending = due.index === undefined ? [] : (parts[due.index]?.states ?? []).filter(isPending);
  const begin = isStopped || spec.paused ? [] : pending.slice(0, room).map(({ name }) => name);
  const done = states.filter(({ state }) => state === "done").length;
  const waiting =
    due.index === undefined && !due.soaking
      ? states.filter(({ state, isLasting }) => state === "held" && !isLasting).length
      : 0;
  const { phase, message } = describe({
    rollout,
    waves,
    due,
    isStopped,
    failed: failed.length,
    waiting,
    done,
    all: states.length,
  });
  const startedAt = before?.startedAt ?? now;
  const finished = phase === "Complete" ? { finishedAt: before?.finishedAt ?? now } : {};
  const { generation } = rollout.metadata;
  return {
    status: {
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      phase,
      message,
      clusters: states.length,
      done,
      change: spec.version ?? "values",
      ...subject,
      waves,
      problems: problemsOf(states),
      startedAt,
      ...finished,
    },
    begin,
    waiting,
  };
}

type Subject = Pick<CniRolloutStatus, "version" | "valuesDigest">;

function subjectOf({ version, values }: CniRollout["spec"]): Subject {
  return values === undefined ? (version === undefined ? {} : { version }) : { valuesDigest: digestOf(values) };
}

/** Whether the status speaks of what is asked for now: the spec can be changed. */
function isOf(status: CniRolloutStatus | undefined, { version, valuesDigest }: Subject): boolean {
  return status?.version === version && status?.valuesDigest === valuesDigest;
}

interface Part {
  name: string;
  soakMs: number;
  states: readonly ClusterState[];
}

/** The waves that have clusters. */
function wavesOf({ spec }: CniRollout, states: readonly ClusterState[]): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const [index, { name, clusters, soak }] of (spec.waves ?? defaultWaves).entries()) {
    const size = clusters.endsWith("%")
      ? Math.ceil((states.length * Number.parseInt(clusters, 10)) / 100)
      : Number(clusters);
    const part = states.slice(from, from + size);
    from += part.length;
    if (part.length > 0)
      parts.push({
        name: name ?? (index === 0 ? "canary" : `wave ${index + 1}`),
        soakMs: goDurationMs(soak ?? "") || 0,
        states: part,
      });
  }
  if (from < states.length) parts.push({ name: "rest", soakMs: 0, states: states.slice(from) });
  return parts;
}

function waveStatus(
  { name, states }: Part,
  before: CniRolloutWaveStatus | undefined,
  now: string,
): CniRolloutWaveStatus {
  const count = (state: ClusterState["state"]) => states.filter((each) => each.state === state).length;
  const [done, failed, held] = [count("done"), count("failed"), count("held")];
  const isComplete = done + failed + held === states.length;
  const completedAt = before?.clusters === states.length ? (before.completedAt ?? now) : now;
  return {
    name,
    clusters: states.length,
    done,
    progressing: count("progressing"),
    failed,
    held,
    ...(isComplete ? { completedAt } : {}),
  };
}

interface Due {
  /** Of the wave whose clusters may be begun; undefined: none, because the one before soaks or all are done. */
  index: number | undefined;
  /** The wave that soaks, and until when. */
  soaking?: { name: string; until: number };
}

function dueWave(parts: readonly Part[], waves: readonly CniRolloutWaveStatus[], now: string): Due {
  for (const [index, wave] of waves.entries()) {
    if (wave.completedAt === undefined) return { index };
    const { soakMs = 0 } = parts[index] ?? {};
    const until = Date.parse(wave.completedAt) + soakMs;
    const isLast = index === waves.length - 1;
    if (!isLast && until > Date.parse(now)) return { index: undefined, soaking: { name: wave.name, until } };
  }
  return { index: undefined };
}

function describe(view: {
  rollout: CniRollout;
  waves: readonly CniRolloutWaveStatus[];
  due: Due;
  isStopped: boolean;
  failed: number;
  waiting: number;
  done: number;
  all: number;
}): { phase: CniRolloutPhase; message: string } {
  const { rollout, waves, due, isStopped, failed, waiting, done, all } = view;
  const { cni, version, maxFailures = 0, paused } = rollout.spec;
  const soFar = `${done} of ${all} clusters have ${version === undefined ? `the changed values of ${cni}` : `${cni} ${version}`}`;
  if (isStopped) {
    const message = `${soFar}; stopped: ${failed} failed, of which ${maxFailures} are allowed`;
    return { phase: "Stopped", message };
  }
  if (due.soaking) {
    const until = kubernetesTime(new Date(due.soaking.until));
    const phase = paused ? "Paused" : "Soaking";
    return { phase, message: `${soFar}; ${due.soaking.name} is watched until ${until}` };
  }
  if (due.index === undefined && waiting === 0) return { phase: "Complete", message: soFar };
  if (paused) return { phase: "Paused", message: `${soFar}; paused` };
  const rest =
    due.index === undefined ? `${waiting} held, and begun when they can be` : `${waves[due.index]?.name} is under way`;
  return { phase: "Progressing", message: `${soFar}; ${rest}` };
}

function problemsOf(states: readonly ClusterState[]): CniRolloutStatus["problems"] {
  const named = [
    ...states.filter(({ state }) => state === "failed"),
    ...states.filter(({ state }) => state === "held"),
  ];
  return named.slice(0, namedProblems).map(({ name, state, message }) => ({
    cluster: name,
    state: state === "failed" ? "Failed" : "Held",
    message,
  }));
}

function isPending({ state }: ClusterState): boolean {
  return state === "pending";
}
