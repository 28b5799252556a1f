import { builtin, type KubeClient, type Secret } from "@fairlead/kube";
import { installationNamespace, serviceAccountPrefix, type User, userType } from "@fairlead/resources";
import { AuthenticationError, type Authenticator } from "../authentication/authenticator.ts";
import { encoded, fieldOf, hasExpired, isSecretOf, parseToken, serviceAccountLabel, tokenSecretName } from "./token.ts";

/** How exact "last used" is: one write a token and minute. */
const lastUsedEveryMs = 60_000;

/**
 * Knows service accounts by their tokens, which count in the header alone: they live long, and cookies and addresses end
 * up in more places.
 */
export function serviceAccountAuthenticator(client: KubeClient): Authenticator {
  return {
    authenticate: async ({ token, place }, signal) => {
      const parsed = parseToken(token);
      if (!parsed) return undefined;
      if (place !== "header") throw new AuthenticationError("tokens of service accounts go into header Authorization");
      const ref = { name: tokenSecretName(parsed.id), namespace: installationNamespace };
      const secret = await client.find(builtin.Secret, ref, { signal });
      const accountId = secret?.metadata.labels?.[serviceAccountLabel];
      if (!secret || !accountId || !isSecretOf(secret, parsed.secret)) throw new AuthenticationError("it was revoked");
      if (hasExpired(secret, Date.now())) throw new AuthenticationError("it expired");
      const account = await client.find(userType, { name: `${serviceAccountPrefix}${accountId}` }, { signal });
      if (!account || account.metadata.deletionTimestamp) throw new AuthenticationError("its account is gone");
      await noteUse(client, secret);
      return toUser(account);
    },
  };
}

/** Never an administrator, whatever its object says. */
function toUser({ spec: { email, name } }: User) {
  return { email, name, isAdmin: false, groups: [], kind: "service-account" as const };
}

async function noteUse(client: KubeClient, secret: Secret): Promise<void> {
  const now = Date.now();
  if (now - (Date.parse(fieldOf(secret, "lastUsed")) || 0) < lastUsedEveryMs) return;
  const { name = "", uid } = secret.metadata;
  const lastUsed = `${new Date(now).toISOString().slice(0, 19)}Z`;
  // With the uid, so that what was deleted meanwhile is not made again; whether the note succeeds is not worth a request.
  const patch = { metadata: { uid }, data: encoded({ lastUsed }) };
  const ref = { name, namespace: installationNamespace };
  await client.mergePatch(builtin.Secret, ref, patch, { fieldManager: "fairlead" }).catch(() => undefined);
}
