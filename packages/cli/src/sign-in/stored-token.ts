import { CommandError } from "../command-error.ts";
import { exitCode } from "../exit-code.ts";
import { readSignIn, writeSignIn } from "./credentials.ts";

const leastSecondsLeft = 30;

/** The token of an earlier `fairlead login` to this server, renewed if need be. Undefined if there was none. */
export async function storedToken(env: NodeJS.ProcessEnv, url: string): Promise<string | undefined> {
  const signIn = await readSignIn(env, url);
  if (!signIn) return undefined;
  if (signIn.expiresAt - Date.now() / 1000 > leastSecondsLeft) return signIn.idToken;
  const { renew } = await import("./provider.ts");
  const renewed = await renew(signIn);
  if (!renewed)
    throw new CommandError(exitCode.error, `the sign-in to ${url} has ended: sign in with "fairlead login"`);
  await writeSignIn(env, url, renewed);
  return renewed.idToken;
}
