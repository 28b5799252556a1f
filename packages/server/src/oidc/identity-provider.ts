import { createRemoteJWKSet, type JWTVerifyGetKey } from "jose";
import * as openid from "openid-client";
import { unavailable } from "../http/api-error.ts";
import type { OidcSettings } from "./settings.ts";

const answerTimeoutMs = 5000;
/** A provider that is down is asked again after this time, not at every request. */
const retryDiscoveryAfterMs = 2000;

export interface KeyTimes {
  /** Keys are read anew at the latest after this time. */
  maxAgeMs: number;
  /** A token with an unknown key makes them be read anew, but not more often than this. */
  cooldownMs: number;
}

const defaultKeyTimes: KeyTimes = { maxAgeMs: 10 * 60_000, cooldownMs: 10_000 };

interface Known {
  configuration: openid.Configuration;
  keys: JWTVerifyGetKey;
}

/** What a provider says of itself, read at the first use, and its keys, which are cached and follow their rotation. */
export class IdentityProvider {
  readonly settings: OidcSettings;
  readonly #times: KeyTimes;
  #known: Promise<Known> | undefined;

  constructor(settings: OidcSettings, times: KeyTimes = defaultKeyTimes) {
    this.settings = settings;
    this.#times = times;
  }

  /** @throws ApiError 503 while the provider does not answer, or not as one */
  async configuration(): Promise<openid.Configuration> {
    return (await this.#read()).configuration;
  }

  /** @throws ApiError 503, as {@link configuration} */
  async keys(): Promise<JWTVerifyGetKey> {
    return (await this.#read()).keys;
  }

  #read(): Promise<Known> {
    if (this.#known) return this.#known;
    const known = this.#discover();
    this.#known = known;
    known.catch(() => {
      const forget = () => {
        if (this.#known === known) this.#known = undefined;
      };
      setTimeout(forget, retryDiscoveryAfterMs).unref();
    });
    return known;
  }

  async #discover(): Promise<Known> {
    const { issuer, clientId, clientSecret } = this.settings;
    const authentication = clientSecret === undefined ? openid.None() : openid.ClientSecretBasic(clientSecret);
    try {
      const configuration = await openid.discovery(new URL(issuer), clientId, clientSecret, authentication, {
        timeout: answerTimeoutMs / 1000,
        // An address without TLS is the operator's choice: the issuer is theirs alone to set.
        ...(issuer.startsWith("http:") ? { execute: [openid.allowInsecureRequests] } : {}),
      });
      const { jwks_uri: address } = configuration.serverMetadata();
      if (!address) throw new TypeError("it names no keys (jwks_uri)");
      const { maxAgeMs: cacheMaxAge, cooldownMs: cooldownDuration } = this.#times;
      const times = { cacheMaxAge, cooldownDuration, timeoutDuration: answerTimeoutMs };
      return { configuration, keys: createRemoteJWKSet(new URL(address), times) };
    } catch (cause) {
      throw unavailable("the identity provider does not answer, try again", { cause });
    }
  }
}
