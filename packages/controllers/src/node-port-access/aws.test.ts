import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ClientMissingError } from "./aws.ts";
import { failedCondition } from "./status.ts";

test("where the client is not installed the condition says so, and Fairlead runs", async () => {
  // A process of its own, in which Node.js does not find the package.
  const script = `
    import { registerHooks } from "node:module";
    registerHooks({ resolve: (specifier, context, next) => next(
      specifier === "@aws-sdk/client-ec2" ? "@aws-sdk/is-not-installed" : specifier, context) });
    const { SecurityGroups } = await import(${JSON.stringify(new URL("aws.ts", import.meta.url).href)});
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    await SecurityGroups.open({ region: "x", credentials, signal: AbortSignal.timeout(1000) }).catch(({ name }) => console.log(name));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: new URL(".", import.meta.url).pathname,
  });
  expect(stdout).toBe("ClientMissingError\n");
  expect(failedCondition(new ClientMissingError(undefined))).toMatchObject({
    status: "False",
    reason: "ClientMissing",
    message: expect.stringContaining("@aws-sdk/client-ec2"),
  });
  expect(failedCondition(new Error("other"))).toBeUndefined();
});
