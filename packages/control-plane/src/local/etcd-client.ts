import { httpsRequest, type TlsIdentity } from "./https.ts";

interface RangeAnswer {
  header: { revision: string };
  count?: string;
  deleted?: string;
}

/** The few calls Fairlead makes to etcd itself, through its JSON gateway (etcd docs: "gRPC gateway"). */
export class EtcdClient {
  readonly url: string;
  readonly #tls: () => TlsIdentity;

  /** @param tls asked before each call: certificates are renewed */
  constructor(url: string, tls: () => TlsIdentity) {
    this.url = url;
    this.#tls = tls;
  }

  /** Number of keys below a prefix. */
  async count(prefix: string, signal: AbortSignal): Promise<number> {
    const answer = await this.#call("kv/range", { ...prefixRange(prefix), count_only: true }, signal);
    return Number(answer.count ?? 0);
  }

  /** Deletes every key below a prefix and then the history that still holds them. Returns how many there were. */
  async deletePrefix(prefix: string, signal: AbortSignal): Promise<number> {
    const { deleted, header } = await this.#call("kv/deleterange", prefixRange(prefix), signal);
    if (deleted === undefined) return 0;
    await this.#compact(header.revision, signal);
    return Number(deleted);
  }

  async #compact(revision: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#call("kv/compaction", { revision }, signal);
    } catch (error) {
      // Another deletion, or etcd itself, was there first with a later revision.
      if (!(error instanceof EtcdError && error.message.includes("required revision has been compacted"))) throw error;
    }
  }

  async #call(method: string, body: object, signal: AbortSignal): Promise<RangeAnswer> {
    const url = `${this.url}/v3/${method}`;
    const answer = await httpsRequest(url, { tls: this.#tls(), signal, post: body });
    if (answer.status !== 200) throw new EtcdError(`${url}: status ${answer.status}: ${answer.body.trim()}`);
    return JSON.parse(answer.body) as RangeAnswer;
  }
}

/** etcd answered, and refused. */
class EtcdError extends Error {
  override readonly name = "EtcdError";
}

/**
 * The range of keys that begin with a prefix: up to the prefix with its last byte one higher. The prefix must end in
 * `/`, or deleting `/clusters/abc` would take `/clusters/abcd` along.
 */
export function prefixRange(prefix: string): { key: string; range_end: string } {
  if (!prefix.endsWith("/")) throw new Error(`etcd prefix ${JSON.stringify(prefix)} must end in "/"`);
  const end = Buffer.from(prefix);
  end[end.length - 1] = "/".charCodeAt(0) + 1;
  return { key: Buffer.from(prefix).toString("base64"), range_end: end.toString("base64") };
}
