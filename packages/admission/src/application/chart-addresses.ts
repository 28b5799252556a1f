import { addressEntry, closedHost, closedMessage, isAllowedAddressEntry } from "@fairlead/network";
import type { ApplicationVersion } from "@fairlead/resources";
import { type FieldProblem, problem } from "../field-problem.ts";
import type { Installation } from "../installation.ts";

/**
 * Addresses (`host:port`) that charts may come from whatever they are: those of `spec.chartSources.allowedAddresses`, and the
 * one of the system applications' repository. Both are an administrator's word in the KubermaticConfiguration.
 */
export function allowedChartAddresses({ configuration }: Installation): string[] {
  const spec = configuration?.spec;
  const { helmRepository, plainHTTP } = { ...spec?.systemApplications, ...spec?.userCluster?.systemApplications };
  const named = spec?.chartSources?.allowedAddresses ?? [];
  const entries = named.filter(isAllowedAddressEntry).map((entry) => entry.toLowerCase());
  const repository =
    helmRepository && addressOf(`oci://${helmRepository.replace(/^oci:\/\//, "")}`, plainHTTP === true);
  return [...entries, ...(repository ? [addressEntry(repository.host, repository.port)] : [])];
}

/** What is wrong with a chart's address as it is written; a name is looked at again when it is resolved. */
export function addressProblems(
  { helm, git }: ApplicationVersion["template"]["source"],
  field: string,
  allowed: readonly string[],
): FieldProblem[] {
  const at = helm ? `${field}.helm.url` : `${field}.git.remote`;
  const address = addressOf(helm?.url ?? git?.remote, helm?.plainHTTP === true);
  if (!address) return []; // The schema, or what is said of git's remotes, says what is accepted.
  const code = "application-source";
  if (address.holdsLogin) {
    const message = "must not hold a login, which everybody could read: name a Secret in credentials";
    return [problem("forbidden", at, { message, code })];
  }
  const entry = addressEntry(address.host, address.port);
  const what = allowed.includes(entry) ? undefined : closedHost(address.host);
  return what ? [problem("forbidden", at, { message: closedMessage(entry, what), code })] : [];
}

const defaultPorts: Readonly<Record<string, number>> = { "ssh:": 22, "git:": 9418, "http:": 80 };
const scpLike = /^[\w.-]+@([\w.-]+):/;

interface Address {
  host: string;
  port: number;
  /** A user of ssh is no login. */
  holdsLogin: boolean;
}

function addressOf(text: unknown, plainHttp: boolean): Address | undefined {
  if (typeof text !== "string") return undefined;
  const scp = scpLike.exec(text);
  if (scp) return { host: scp[1] ?? "", port: 22, holdsLogin: false };
  const url = URL.parse(text);
  if (!url?.hostname) return undefined;
  const protocol = url.protocol === "oci:" && plainHttp ? "http:" : url.protocol;
  // Of a protocol that it does not know, URL leaves numbers as they are; whoever connects reads them as addresses.
  const host = URL.parse(`http://${url.hostname}`)?.hostname ?? url.hostname;
  const holdsLogin = url.password !== "" || (url.username !== "" && protocol !== "ssh:");
  return { host, port: Number(url.port) || (defaultPorts[protocol] ?? 443), holdsLogin };
}
