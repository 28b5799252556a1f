import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiClient } from "@fairlead/api-client";
import type { ApiSignIn } from "@fairlead/resources";
import * as openid from "openid-client";
import { CommandError } from "../command-error.ts";
import { serverUrl } from "../connection/connection.ts";
import { exitCode } from "../exit-code.ts";
import { Interruption } from "../interruption.ts";
import { type GlobalOptions, openOutput, type Runtime } from "../session.ts";
import { writeSignIn } from "./credentials.ts";
import { discover, revoke, signInOf } from "./provider.ts";

const patienceMs = 10 * 60_000;

/**
 * `fairlead login`: authorization code with PKCE, for which the provider sends the browser back to a port of this machine
 * (RFC 8252 7.3).
 */
export async function login(options: GlobalOptions, runtime: Runtime): Promise<void> {
  using interruption = new Interruption();
  const output = openOutput(options, runtime);
  const url = await serverUrl(options, runtime);
  const anonymous = new ApiClient({ url, token: "none", signal: interruption.signal });
  const client = await clientOf(anonymous, url);
  const configuration = await discover(client);
  const listener = await listen();
  try {
    const verifier = openid.randomPKCECodeVerifier();
    const state = openid.randomState();
    const nonce = openid.randomNonce();
    const address = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: listener.redirectUri,
      scope: client.scopes.join(" "),
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
    output.note(`Open this address in a browser of this machine, and sign in:\n\n  ${address.href}\n`);
    const answer = await listener.answer(interruption.signal);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    const tokens = await openid.authorizationCodeGrant(configuration, answer, checks).catch((cause: unknown) => {
      const why =
        cause instanceof openid.AuthorizationResponseError ? cause.error : "its answer is not the expected one";
      throw new CommandError(exitCode.error, `the identity provider refused the sign-in: ${why}`, { cause });
    });
    const signIn = signInOf(client, tokens);
    const me = await new ApiClient({ url, token: signIn.idToken, signal: interruption.signal }).me();
    await writeSignIn(runtime.env, url, signIn);
    await output.result({ url, email: me.email }, () => `Signed in to ${url} as ${me.email}.\n`);
  } finally {
    await listener.close();
  }
}

/** `fairlead logout`: the server takes the token no longer, this machine forgets it, and the provider renews it no more. */
export async function logout(options: GlobalOptions, runtime: Runtime): Promise<void> {
  const output = openOutput(options, runtime);
  const url = await serverUrl(options, runtime);
  const { readSignIn } = await import("./credentials.ts");
  const signIn = await readSignIn(runtime.env, url);
  if (signIn && signIn.expiresAt > Date.now() / 1000) await new ApiClient({ url, token: signIn.idToken }).logout();
  await writeSignIn(runtime.env, url, undefined);
  if (signIn) {
    await revoke(signIn).catch((error: unknown) => {
      output.note(`The identity provider was not told: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
  await output.result({ url }, () => `Signed out of ${url}.\n`);
}

async function clientOf(api: ApiClient, url: string): Promise<NonNullable<ApiSignIn["oidc"]>> {
  const { oidc } = await api.signInConfiguration();
  if (oidc) return oidc;
  throw new CommandError(exitCode.error, `nobody signs in to ${url}: it has no identity provider; use --token`);
}

interface Listener {
  redirectUri: string;
  /** The address at which the browser came back. @throws CommandError if it does not in time */
  answer(signal: AbortSignal): Promise<URL>;
  close(): Promise<void>;
}

async function listen(): Promise<Listener> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  return {
    redirectUri,
    answer: (signal) => answerOf(server, redirectUri, signal),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answerOf(server: Server, redirectUri: string, signal: AbortSignal): Promise<URL> {
  const { promise, resolve, reject } = Promise.withResolvers<URL>();
  const timeout = AbortSignal.timeout(patienceMs);
  const late = new CommandError(exitCode.timeout, `nobody has signed in after ${patienceMs / 60_000} minutes`);
  timeout.addEventListener("abort", () => reject(late), { once: true });
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  server.on("request", (request: IncomingMessage, response) => {
    const url = new URL(request.url ?? "/", redirectUri);
    response.setHeader("content-type", "text/plain; charset=utf-8").setHeader("connection", "close");
    if (url.pathname !== "/callback") return response.writeHead(404).end("not found\n");
    response.end("This window can be closed: fairlead goes on in the terminal.\n", () => resolve(url));
  });
  return promise;
}
