import { join } from "node:path";
import { localWebhookPki } from "@fairlead/control-plane";
import { builtin, KubeClient } from "@fairlead/kube";
import type { Cluster } from "@fairlead/resources";
import { Child } from "../fleet/child.ts";
import type { BenchWorld } from "../fleet/world.ts";
import type { ToBare } from "./bare-process.ts";
import { copiedType } from "./copied-type.ts";

/** A REST API that does nothing but store what it gets, in front of an API server that asks a webhook which allows it. */
export class BareApi implements AsyncDisposable {
  readonly #client: KubeClient;
  readonly #child: Child<ToBare>;
  readonly #stack: AsyncDisposableStack;

  private constructor(parts: { client: KubeClient; child: Child<ToBare>; stack: AsyncDisposableStack }) {
    this.#client = parts.client;
    this.#child = parts.child;
    this.#stack = parts.stack;
  }

  /** The webhook is installed until this ends. */
  static async start(world: BenchWorld, { clients }: { clients: number }): Promise<BareApi> {
    await using stack = new AsyncDisposableStack();
    const child = new Child<ToBare>(new URL("bare-process.ts", import.meta.url));
    stack.defer(() => child.stop());
    const { authority, serving } = await localWebhookPki(join(world.directory, "webhook"));
    const setup = { kubeconfig: world.kubeconfig, serving };
    const { api, webhook } = await child.ask<{ api: string; webhook: string }>({ ask: "start", setup }, world.signal);
    const type = builtin.ValidatingWebhookConfiguration;
    const webhooks = [
      {
        name: "clusters.bench.fairlead.dev",
        clientConfig: { url: `${webhook}/`, caBundle: Buffer.from(authority.cert).toString("base64") },
        rules: [
          {
            apiGroups: [copiedType.group],
            apiVersions: ["*"],
            operations: ["CREATE" as const],
            resources: [copiedType.plural],
          },
        ],
        failurePolicy: "Fail" as const,
        sideEffects: "None" as const,
        admissionReviewVersions: ["v1"],
      },
    ];
    await world.client.create(type, { metadata: { name: "bench" }, webhooks });
    stack.defer(() => world.client.delete(type, { name: "bench" }));
    const client = new KubeClient({ server: api, maxConnections: clients });
    stack.defer(() => client.close());
    return new BareApi({ client, child, stack: stack.move() });
  }

  async create(body: Cluster): Promise<void> {
    await this.#client.requestText({ method: "POST", path: "/clusters", body });
  }

  /** Of the REST API and the webhook. */
  cpuSeconds(): Promise<number> {
    return this.#child.ask({ ask: "cpu" });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
