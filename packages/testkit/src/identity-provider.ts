import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { reservePorts } from "@fairlead/components";
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from "jose";
import { Provider } from "oidc-provider";

export interface TestPerson {
  email: string;
  name?: string;
  groups?: string[];
}

export interface TestIdentityProviderOptions {
  /** Where browsers come back to, of the confidential client. */
  redirectUri: string;
  people: readonly TestPerson[];
}

const lifetimeSeconds = 3600;

/**
 * A real OpenID Connect provider on loopback, with one confidential client, one public client for programs, and people
 * who sign in by their e-mail address and any password.
 */
export class TestIdentityProvider {
  readonly issuer: string;
  readonly clientId = "fairlead";
  readonly clientSecret = "the-clients-secret";
  readonly cliClientId = "fairlead-cli";
  readonly #options: TestIdentityProviderOptions;
  readonly #port: number;
  #server: Server | undefined;
  #key: JWK = {};

  private constructor(port: number, options: TestIdentityProviderOptions) {
    this.issuer = `http://127.0.0.1:${port}`;
    this.#port = port;
    this.#options = options;
  }

  static async start(options: TestIdentityProviderOptions): Promise<TestIdentityProvider> {
    const [port = 0] = await reservePorts(1);
    const provider = new TestIdentityProvider(port, options);
    await provider.rotateKeys();
    return provider;
  }

  /** Signs with a new key from now on, and no longer shows the one before. */
  async rotateKeys(): Promise<void> {
    await this.stop();
    const { privateKey } = await generateKeyPair("RS256", { extractable: true });
    const key = await exportJWK(privateKey);
    this.#key = { ...key, kid: `key-${Date.now()}-${Math.random()}`, alg: "RS256", use: "sig" };
    await this.restart();
  }

  /** With the same key. */
  async restart(): Promise<void> {
    this.#server = createServer(this.#provider().callback()).listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  async stop(): Promise<void> {
    if (!this.#server?.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  /** An ID token as the provider makes them, with what a test wants otherwise; `undefined` leaves a claim out. */
  async token(person: TestPerson, otherwise: JWTPayload & { kid?: string } = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      aud: this.clientId,
      sub: person.email,
      iat: now,
      exp: now + lifetimeSeconds,
      ...person,
      ...otherwise,
    };
    const header = { alg: "RS256", kid: otherwise.kid ?? this.#key.kid ?? "" };
    return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(this.#key, "RS256"));
  }

  /**
   * Does what a person does in a browser: signs in and consents, from the address that they are sent to.
   * @returns the address at which the provider leaves them: that of the application, which was not opened
   */
  async signIn(address: string, person: TestPerson): Promise<string> {
    const cookies = new Map<string, string>();
    let next: { url: string; body?: URLSearchParams } = { url: address };
    for (let steps = 0; steps < 20; steps++) {
      const { url, body } = next;
      const response = await fetch(url, {
        redirect: "manual",
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
        ...(body ? { method: "POST", body } : {}),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        cookies.set(name, value);
      }
      const location = response.headers.get("location");
      if (location) {
        next = { url: new URL(location, url).href };
        if (!next.url.startsWith(this.issuer)) return next.url;
        continue;
      }
      const page = await response.text();
      const [, action = ""] = /<form[^>]*action="([^"]+)"/.exec(page) ?? [];
      if (!action) throw new Error(`the identity provider answers ${response.status}: ${page.slice(0, 500)}`);
      const [, prompt = ""] = /name="prompt" value="([^"]+)"/.exec(page) ?? [];
      next = {
        url: new URL(action, url).href,
        body: new URLSearchParams({ prompt, login: person.email, password: "x" }),
      };
    }
    throw new Error("the identity provider sends people round in circles");
  }

  #provider(): Provider {
    const { redirectUri, people } = this.#options;
    return new Provider(this.issuer, {
      clients: [
        { client_id: this.clientId, client_secret: this.clientSecret, redirect_uris: [redirectUri] },
        {
          client_id: this.cliClientId,
          application_type: "native",
          token_endpoint_auth_method: "none",
          redirect_uris: ["http://127.0.0.1/callback"],
          grant_types: ["authorization_code", "refresh_token"],
        },
      ],
      jwks: { keys: [this.#key as never] },
      cookies: { keys: ["only-for-tests"] },
      scopes: ["openid", "email", "profile", "groups", "offline_access"],
      claims: { openid: ["sub"], email: ["email"], profile: ["name"], groups: ["groups"] },
      conformIdTokenClaims: false,
      ttl: { IdToken: lifetimeSeconds },
      features: { revocation: { enabled: true } },
      issueRefreshToken: async (_context, client) => client.grantTypeAllowed("refresh_token"),
      findAccount: (_context, id) => {
        const person = people.find(({ email }) => email === id);
        return person && { accountId: id, claims: async () => ({ sub: id, ...person }) };
      },
    });
  }
}
