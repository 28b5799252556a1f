import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reservePorts, resolveBinary } from "@fairlead/components";
import { waitFor } from "@fairlead/kube";
import { TestProcess } from "./test-process.ts";

const readyTimeoutMs = 120_000;

/** AWS on loopback, played by moto: it keeps what it is told in memory and believes every credential. */
export class AwsEmulator implements AsyncDisposable {
  /** For `AWS_ENDPOINT_URL_EC2`. */
  readonly url: string;
  readonly #process: TestProcess;
  readonly #directory: string;

  private constructor(url: string, process: TestProcess, directory: string) {
    this.url = url;
    this.#process = process;
    this.#directory = directory;
  }

  static async start(): Promise<AwsEmulator> {
    const directory = await mkdtemp(join(tmpdir(), "fairlead-aws-"));
    const [port = 0] = await reservePorts(1);
    const binary = await resolveBinary("moto_server");
    const args = ["--host", "127.0.0.1", "--port", String(port)];
    const process = await TestProcess.start(binary, args, join(directory, "moto.log"));
    const emulator = new AwsEmulator(`http://127.0.0.1:${port}`, process, directory);
    try {
      await waitFor(async () => emulator.#answers(), { what: "the AWS emulator", timeoutMs: readyTimeoutMs });
    } catch (error) {
      await emulator[Symbol.asyncDispose]();
      throw error;
    }
    return emulator;
  }

  async #answers(): Promise<boolean> {
    if (this.#process.hasExited) throw new Error(`the AWS emulator ended:\n${this.#process.logTail()}`);
    return await fetch(`${this.url}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop("SIGTERM");
    await rm(this.#directory, { recursive: true, force: true });
  }
}
