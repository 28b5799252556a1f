import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NetworkNamespace } from "./network-namespace.fixture.ts";

/** What Services and node ports do: connections to one port reach another one, from now on or until it is led elsewhere. */
export interface Relay {
  /** The port behind it. */
  readonly port: number;
  lead(host: string): Promise<void>;
}

export async function relay(
  network: NetworkNamespace,
  { listen, target, directory }: { listen: string; target: string; directory: string },
): Promise<Relay> {
  const code = `
    const [listen, file] = process.argv.slice(1);
    const [host, port] = listen.split(":");
    require("node:net").createServer((client) => {
      const [toHost, toPort] = require("node:fs").readFileSync(file, "utf8").split(":");
      const server = require("node:net").connect(Number(toPort), toHost);
      for (const [a, b] of [[client, server], [server, client]]) a.on("error", () => b.destroy()).pipe(b);
    }).listen(Number(port), host);`;
  const file = join(directory, `${network.name} ${listen}`);
  const port = Number(target.split(":")[1]);
  const lead = async (host: string) => {
    await writeFile(`${file}.new`, `${host}:${port}`);
    await rename(`${file}.new`, file);
  };
  await writeFile(file, target);
  await network.start([process.execPath, "-e", code, listen, file], join(directory, "relay.log"));
  return { port, lead };
}

/** When the certificate that is shown at an address ends, in milliseconds. */
export async function servedUntil(network: NetworkNamespace, address: string): Promise<number> {
  const [host, port] = address.split(":");
  const code = `
    const socket = require("node:tls").connect({ host: "${host}", port: ${port}, rejectUnauthorized: false });
    socket.on("error", () => {}).on("secureConnect", () => {
      process.stdout.write(socket.getPeerCertificate().valid_to);
      socket.destroy();
    });`;
  return Date.parse(await network.run(process.execPath, ["-e", code]));
}

/** Calls the API at port 443 without a break, each time on a new connection. @returns ends that, and tells what was answered but 200 */
export async function keepCalling(
  network: NetworkNamespace,
  log: string,
): Promise<() => Promise<{ calls: number; failures: string[] }>> {
  const code = `
    const call = () => new Promise((done) => {
      const options = { host: "127.0.0.1", path: "/readyz", rejectUnauthorized: false, agent: false };
      require("node:https").get(options, (answer) => answer.resume().on("end", () => done(answer.statusCode)))
        .on("error", ({ message }) => done(message));
    });
    (async () => { for (;;) console.log(await call()); })();`;
  const child = await network.start([process.execPath, "-e", code], log);
  return async () => {
    child.kill();
    const answers = (await readFile(log, "utf8")).trim().split("\n");
    return { calls: answers.length, failures: answers.filter((answer) => answer !== "200") };
  };
}

/** Rejects with what the other side, or nobody, said. */
export async function connect(network: NetworkNamespace, address: string): Promise<string> {
  const [host, port] = address.split(":");
  const code = `
    const socket = require("node:net").connect({ host: "${host}", port: ${port}, timeout: 5000 });
    socket.on("connect", () => process.exit(0)).on("timeout", () => process.exit(2)).on("error", (error) => {
      console.error(error.code);
      process.exit(1);
    });`;
  return await network.run(process.execPath, ["-e", code]);
}
