// A REST API that passes on what it gets, and a webhook that allows everything: what any server and webhook of Node.js cost.
import { KubeClient } from "@fairlead/kube";
import type { Cluster } from "@fairlead/resources";
import fastify from "fastify";
import { answerParent } from "../answer-parent.ts";
import { cpuSeconds } from "../cpu-seconds.ts";
import { copiedType } from "./copied-type.ts";

export interface BareSetup {
  kubeconfig: string;
  serving: { cert: string; key: string };
}

export type ToBare = { ask: "start"; setup: BareSetup } | { ask: "cpu" };

const closers: (() => Promise<unknown>)[] = [];

answerParent<ToBare>(
  (message) => (message.ask === "start" ? start(message.setup) : Promise.resolve(cpuSeconds())),
  async () => {
    await Promise.all(closers.map((close) => close()));
  },
);

async function start({ kubeconfig, serving }: BareSetup): Promise<{ api: string; webhook: string }> {
  const client = KubeClient.fromKubeconfig(kubeconfig);
  const api = fastify({ forceCloseConnections: true });
  api.post("/clusters", async ({ body }, reply) =>
    reply.code(201).send(await client.create(copiedType, body as Cluster)),
  );
  const webhook = fastify({ https: serving, forceCloseConnections: true });
  webhook.post("/", async ({ body }) => {
    const { request } = body as { request: { uid: string } };
    return {
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: { uid: request.uid, allowed: true },
    };
  });
  closers.push(
    () => api.close(),
    () => webhook.close(),
    () => client.close(),
  );
  const local = { host: "127.0.0.1", port: 0 };
  return { api: await api.listen(local), webhook: await webhook.listen(local) };
}
