import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Secret } from "@fairlead/kube";
import {
  type ApiServiceAccountToken,
  installationNamespace,
  projectLabel,
  type User,
  userType,
} from "@fairlead/resources";
import { zeroTime } from "../http/time.ts";
import { serviceAccountId } from "./service-account.ts";

/**
 * A token is `fairlead_<id>_<secret>`: the id finds the Secret of Kubernetes that says whose it is, and the secret, 256
 * random bits, is compared by its SHA-256, which is all that is kept. (What has so many bits needs no slow hash.)
 */
const tokenPattern = /^fairlead_([a-z][a-z0-9]{9})_([A-Za-z0-9_-]{43})$/;
const secretBytes = 32;

export const serviceAccountLabel = "fairlead.dev/service-account";

export interface IssuedToken {
  /** To be stored. */
  secret: Secret;
  /** To be shown once. */
  token: string;
}

export interface TokenRequest {
  id: string;
  name: string;
  /** RFC 3339. */
  expiry: string;
}

export function tokenSecretName(id: string): string {
  return `sa-token-${id}`;
}

/** Id and secret of a token; undefined for what is no token of a service account. */
export function parseToken(token: string): { id: string; secret: string } | undefined {
  const [, id, secret] = tokenPattern.exec(token) ?? [];
  return id && secret ? { id, secret } : undefined;
}

/** A new token of an account; gone with it, by Kubernetes' garbage collection. */
export function issueToken(account: User, { id, name, expiry }: TokenRequest): IssuedToken {
  const secret = randomBytes(secretBytes).toString("base64url");
  const { apiVersion, kind } = userType;
  const { name: accountName = "", uid = "" } = account.metadata;
  return {
    token: `fairlead_${id}_${secret}`,
    secret: {
      metadata: {
        name: tokenSecretName(id),
        namespace: installationNamespace,
        labels: { [projectLabel]: account.spec.project ?? "", [serviceAccountLabel]: serviceAccountId(account) },
        ownerReferences: [{ apiVersion, kind, name: accountName, uid }],
      },
      type: "fairlead.dev/service-account-token",
      data: encoded({ name, expiry, sha256: sha256(secret).toString("hex") }),
    },
  };
}

export function encoded(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([key, text]) => [key, Buffer.from(text).toString("base64")]));
}

export function fieldOf({ data }: Secret, key: "name" | "expiry" | "sha256" | "lastUsed"): string {
  return Buffer.from(data?.[key] ?? "", "base64").toString("utf8");
}

/** Takes the same time whatever was sent. */
export function isSecretOf(stored: Secret, secret: string): boolean {
  const expected = Buffer.from(fieldOf(stored, "sha256"), "hex");
  const given = sha256(secret);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** A time that cannot be read has passed. */
export function hasExpired(stored: Secret, now: number): boolean {
  return !(Date.parse(fieldOf(stored, "expiry")) > now);
}

export function toApiToken(stored: Secret, token?: string): ApiServiceAccountToken {
  const { name = "", creationTimestamp = zeroTime } = stored.metadata;
  const lastUsed = fieldOf(stored, "lastUsed");
  return {
    id: name.slice(tokenSecretName("").length),
    name: fieldOf(stored, "name"),
    creationTimestamp,
    expiry: fieldOf(stored, "expiry"),
    ...(hasExpired(stored, Date.now()) ? { invalidated: true } : {}),
    ...(lastUsed ? { lastUsed } : {}),
    ...(token ? { token } : {}),
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
