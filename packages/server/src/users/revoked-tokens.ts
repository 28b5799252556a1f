import { createHash } from "node:crypto";
import { builtin, isAlreadyExists, type KubeClient } from "@fairlead/kube";
import { installationNamespace, type User, userType } from "@fairlead/resources";
import type { AuthenticatedUser } from "../authentication/authenticator.ts";
import { userId } from "./user-directory.ts";

/**
 * The tokens that people have signed out of before they expired: a Secret a user, named by the User object, with the
 * SHA-256 of each token and when it expires.
 */
export class RevokedTokens {
  readonly #client: KubeClient;

  constructor(client: KubeClient) {
    this.#client = client;
  }

  async has(user: User, token: string, signal: AbortSignal): Promise<boolean> {
    const { name, namespace } = user.spec.invalidTokensReference ?? {};
    if (!name || namespace !== installationNamespace) return false;
    const secret = await this.#client.find(builtin.Secret, { name, namespace }, { signal });
    return secret?.data !== undefined && Object.hasOwn(secret.data, digest(token));
  }

  async add({ email, expiresAt = 0 }: AuthenticatedUser, token: string): Promise<void> {
    const id = userId(email);
    const ref = { name: `invalid-tokens-${id}`, namespace: installationNamespace };
    const options = { fieldManager: "fairlead" };
    const now = Date.now() / 1000;
    const data = { [digest(token)]: Buffer.from(String(expiresAt)).toString("base64") };
    const stored = await this.#client.find(builtin.Secret, ref);
    if (!stored) {
      await this.#client.create(builtin.Secret, { metadata: ref, data }, options).catch((error: unknown) => {
        if (!isAlreadyExists(error)) throw error;
        return this.#client.mergePatch(builtin.Secret, ref, { data }, options);
      });
    } else {
      const past = Object.entries(stored.data ?? {}).filter(([, value]) => expiryOf(value) < now);
      const patch = { ...Object.fromEntries(past.map(([key]) => [key, null])), ...data };
      await this.#client.mergePatch(builtin.Secret, ref, { data: patch }, options);
    }
    await this.#client.mergePatch(userType, { name: id }, { spec: { invalidTokensReference: ref } }, options);
  }
}

function expiryOf(value: string): number {
  return Number(Buffer.from(value, "base64").toString("utf8"));
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
