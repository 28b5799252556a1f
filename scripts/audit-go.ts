/** `npm run audit:go`: known vulnerabilities of the Go modules in `tools/`, by govulncheck. Needs Go and its vulnerability database. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const govulncheck = "golang.org/x/vuln/cmd/govulncheck@v1.9.0";
const tools = fileURLToPath(new URL("../tools/", import.meta.url));

for (const name of readdirSync(tools).sort()) {
  console.log(`\n▶ tools/${name}`);
  const args = ["run", govulncheck, "-C", `${tools}${name}`, "-scan", "module"];
  const { status } = spawnSync("go", args, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
