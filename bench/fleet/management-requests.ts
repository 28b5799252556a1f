import type { KubeClient } from "@fairlead/kube";

const writingVerbs = /verb="(?:POST|PUT|PATCH|APPLY|DELETE|DELETECOLLECTION)"/;
const ours = /group="(?:kubermatic\.k8c\.io|apps\.kubermatic\.k8c\.io|fairlead\.dev|)"/;
/** kube-apiserver and kube-controller-manager keep leases and events, and ask who may do what. */
const machinery = /resource="(?:leases|events|tokenreviews|subjectaccessreviews|endpoints|serviceaccounts)"/;

/** What the management API has answered, whoever asked: `management PATCH addons` -> how often. */
export async function managementRequests(client: KubeClient): Promise<Record<string, number>> {
  const requests: Record<string, number> = {};
  for (const line of await requestLines(client)) {
    const [verb, resource, subresource] = ["verb", "resource", "subresource"].map((label) => labelOf(line, label));
    const key = `management ${verb} ${resource}${subresource ? `/${subresource}` : ""}`;
    requests[key] = (requests[key] ?? 0) + Number(line.split(" ").at(-1));
  }
  return requests;
}

function labelOf(line: string, label: string): string {
  return new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1] ?? "";
}

async function requestLines(client: KubeClient): Promise<string[]> {
  const text = await client.requestText({ method: "GET", path: "/metrics" });
  return text.split("\n").filter((line) => line.startsWith("apiserver_request_total{"));
}

/** How many writes of Fairlead's kinds, Secrets and Namespaces the management API has answered, by its own metrics. */
export async function managementWrites(client: KubeClient): Promise<number> {
  let writes = 0;
  for (const line of await requestLines(client)) {
    if (writingVerbs.test(line) && ours.test(line) && !machinery.test(line)) writes += Number(line.split(" ").at(-1));
  }
  return writes;
}
