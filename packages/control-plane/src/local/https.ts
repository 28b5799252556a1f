import { request } from "node:https";

/** How to prove who is calling, and whom to trust. All PEM. */
export interface TlsIdentity {
  ca: string;
  cert: string;
  key: string;
}

export interface HttpsAnswer {
  status: number;
  body: string;
}

/** One HTTPS request on a connection of its own, so that nothing keeps a process from ending. */
export function httpsRequest(
  url: string,
  options: { tls: TlsIdentity; signal: AbortSignal; post?: unknown },
): Promise<HttpsAnswer> {
  const { tls, signal, post } = options;
  const { promise, resolve, reject } = Promise.withResolvers<HttpsAnswer>();
  const outgoing = request(
    url,
    { ...tls, signal, method: post === undefined ? "GET" : "POST", agent: false },
    (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }));
      answer.on("error", reject);
    },
  );
  outgoing.on("error", reject);
  outgoing.end(post === undefined ? undefined : JSON.stringify(post));
  return promise;
}

const probeTimeoutMs = 3_000;

/** True if the URL answers 200 in time. Never throws. */
export async function isHealthy(url: string, tls: TlsIdentity, signal?: AbortSignal): Promise<boolean> {
  const timeout = AbortSignal.timeout(probeTimeoutMs);
  try {
    const answer = await httpsRequest(url, { tls, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
    return answer.status === 200;
  } catch {
    return false;
  }
}
