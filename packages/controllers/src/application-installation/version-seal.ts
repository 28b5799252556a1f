import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { builtin, canonicalJson, isAlreadyExists, type KubeClient } from "@fairlead/kube";
import { type ApplicationVersion, installationNamespace } from "@fairlead/resources";
import { FIELD_MANAGER } from "../names.ts";

const secretRef = { name: "fairlead-version-seal", namespace: installationNamespace };
const keyName = "key";

/** What a version belongs to: another cluster's or definition's seal is none. */
export interface SealedFor {
  clusterId: string;
  /** Name of the ApplicationDefinition. */
  application: string;
}

/**
 * Tells a version that Fairlead recorded in an installation's status from one that somebody in the user cluster wrote there.
 * A version says where charts come from and which credentials go there: only an administrator's word counts, kept by a
 * seal (HMAC-SHA256) whose key never leaves the management API.
 */
export class VersionSeal {
  readonly #readKey: (signal: AbortSignal) => Promise<Buffer>;
  #key: Promise<Buffer> | undefined;

  constructor(readKey: (signal: AbortSignal) => Promise<Buffer>) {
    this.#readKey = readKey;
  }

  async seal(version: ApplicationVersion, owner: SealedFor, signal: AbortSignal): Promise<string> {
    const input = canonicalJson([owner.clusterId, owner.application, version]);
    return createHmac("sha256", await this.#loadKey(signal))
      .update(input)
      .digest("hex");
  }

  async isGenuine(
    version: ApplicationVersion,
    { seal = "", ...owner }: SealedFor & { seal?: string | undefined },
    signal: AbortSignal,
  ): Promise<boolean> {
    const expected = Buffer.from(await this.seal(version, owner, signal));
    const given = Buffer.from(seal);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #loadKey(signal: AbortSignal): Promise<Buffer> {
    this.#key ??= this.#readKey(signal).catch((error: unknown) => {
      this.#key = undefined; // Asked for again with the next installation.
      throw error;
    });
    return this.#key;
  }
}

/** The key out of its Secret, which is made when it is first needed. */
export async function sealKey(management: KubeClient, signal: AbortSignal): Promise<Buffer> {
  const stored = await management.find(builtin.Secret, secretRef, { signal });
  const key = stored?.data?.[keyName];
  if (key) return Buffer.from(key, "base64");
  const fresh = randomBytes(32);
  const object = { metadata: { ...secretRef }, data: { [keyName]: fresh.toString("base64") } };
  try {
    await management.create(builtin.Secret, object, { fieldManager: FIELD_MANAGER, signal });
    return fresh;
  } catch (error) {
    if (!isAlreadyExists(error) || stored) throw error;
    return await sealKey(management, signal); // Another replica was first.
  }
}
