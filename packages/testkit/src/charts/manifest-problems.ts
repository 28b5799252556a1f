import { type Container, containersOf, type PodSpec, podTemplateOf, type RenderedObject } from "./rendered-object.ts";

const builtInRoles = new Set([
  "ClusterRole/system:node-proxier",
  "ClusterRole/system:auth-delegator",
  "Role/extension-apiserver-authentication-reader",
]);

/** What a reviewer would send back, one line a finding; empty if nothing. */
export function manifestProblems(objects: readonly RenderedObject[]): string[] {
  return [...objects.flatMap(workloadProblems), ...roleProblems(objects), ...referenceProblems(objects)];
}

function workloadProblems(object: RenderedObject): string[] {
  const pod = podTemplateOf(object)?.spec;
  if (!pod) return [];
  const where = describe(object);
  const problems = [
    ...podProblems(pod),
    ...containersOf(object).flatMap((container) => containerProblems(container)),
    ...(object.kind === "Job" || object.kind === "CronJob" ? [] : pod.containers.flatMap(probeProblems)),
  ];
  if (object.kind === "DaemonSet" && !object.spec?.updateStrategy) problems.push("no updateStrategy");
  const mountsConfig = pod.volumes?.some((volume) => volume.configMap);
  if (mountsConfig && !podTemplateOf(object)?.metadata?.annotations?.["checksum/config"]) {
    problems.push("mounts a ConfigMap, but has no annotation checksum/config");
  }
  return problems.map((problem) => `${where}: ${problem}`);
}

function podProblems(pod: PodSpec): string[] {
  const problems: string[] = [];
  const volumes = new Set(pod.volumes?.map((volume) => volume.name));
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    for (const mount of container.volumeMounts ?? []) {
      if (!volumes.has(mount.name)) problems.push(`${container.name}: mounts unknown volume ${mount.name}`);
    }
  }
  if (!pod.serviceAccountName) problems.push("no service account");
  if (!pod.priorityClassName?.startsWith("system-")) problems.push("no system priority class");
  if (!pod.tolerations?.length) problems.push("no tolerations");
  if (pod.securityContext?.seccompProfile?.type !== "RuntimeDefault") problems.push("seccomp is not RuntimeDefault");
  return problems;
}

function containerProblems(container: Container): string[] {
  const problems: string[] = [];
  const { requests } = container.resources ?? {};
  if (!requests?.cpu || !requests.memory) problems.push("no resource requests");
  if (!/^[^/\s]+\.[^/\s]+\/\S+:\S+$/.test(container.image))
    problems.push(`image ${container.image} has no registry or tag`);
  const security = container.securityContext;
  if (!security?.privileged && !security?.capabilities?.drop?.includes("ALL")) problems.push("keeps capabilities");
  return problems.map((problem) => `${container.name}: ${problem}`);
}

function probeProblems(container: Container): string[] {
  return container.livenessProbe ? [] : [`${container.name}: no liveness probe`];
}

function roleProblems(objects: readonly RenderedObject[]): string[] {
  return objects.flatMap((object) =>
    (object.rules ?? []).flatMap((rule) => {
      const all = [...rule.verbs, ...(rule.resources ?? []), ...(rule.apiGroups ?? [])];
      const problems: string[] = [];
      if (all.includes("*")) problems.push(`${describe(object)}: wildcard`);
      if (rule.verbs.length === 0 || !rule.resources?.length) problems.push(`${describe(object)}: empty rule`);
      return problems;
    }),
  );
}

function referenceProblems(objects: readonly RenderedObject[]): string[] {
  const exists = new Set(objects.map(describe));
  const missing = (from: RenderedObject, to: string) => (exists.has(to) ? [] : [`${describe(from)}: no ${to}`]);
  return objects.flatMap((object) => {
    const account = podTemplateOf(object)?.spec?.serviceAccountName;
    const role = object.roleRef && `${object.roleRef.kind}/${object.roleRef.name}`;
    const configMaps = podTemplateOf(object)?.spec?.volumes?.flatMap((volume) => volume.configMap?.name ?? []);
    return [
      ...(account ? missing(object, `ServiceAccount/${account}`) : []),
      ...(role && !builtInRoles.has(role) ? missing(object, role) : []),
      // Users are no objects.
      ...(object.subjects ?? [])
        .filter(({ kind }) => kind === "ServiceAccount")
        .flatMap((subject) => missing(object, `${subject.kind}/${subject.name}`)),
      ...(configMaps ?? []).flatMap((name) => missing(object, `ConfigMap/${name}`)),
    ];
  });
}

function describe(object: RenderedObject): string {
  return `${object.kind}/${object.metadata.name}`;
}
