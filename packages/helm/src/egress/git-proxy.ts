import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { pipeline, type Readable, Transform } from "node:stream";
import { HelmError } from "../runner/helm-error.ts";
import type { ChartEgress } from "./chart-egress.ts";
import { connectionProblem } from "./connection-problem.ts";

/** Of all that git fetches in one call. */
const mostBytes = 512 * 1024 * 1024;

/** A proxy on loopback that lets one git call out to where charts may come from: git cannot be told what a name stands for. */
export class GitProxy implements AsyncDisposable {
  readonly #egress: ChartEgress;
  readonly #password = randomBytes(24).toString("hex");
  readonly #server = createServer((request, response) => void this.#forward(request, response));
  readonly #sockets = new Set<Socket>();
  #refusal: HelmError | undefined;
  #bytes = 0;

  private constructor(egress: ChartEgress) {
    this.#egress = egress;
    this.#server.on("connect", (request: IncomingMessage, socket: Socket) => void this.#tunnel(request, socket));
    this.#server.on("connection", (socket: Socket) => this.#track(socket));
  }

  static async start(egress: ChartEgress): Promise<GitProxy> {
    const proxy = new GitProxy(egress);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** With its password: for the environment of git, not for a command line. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://fairlead:${this.#password}@127.0.0.1:${port}`;
  }

  /** Why a connection was refused: git itself knows only that there was none. */
  get refusal(): HelmError | undefined {
    return this.#refusal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #tunnel(request: IncomingMessage, client: Socket): Promise<void> {
    if (!this.#isGit(request)) {
      client.end(
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
      );
      return;
    }
    const target = URL.parse(`https://${request.url ?? ""}`);
    try {
      const upstream = this.#track(await this.#egress.connect(target?.hostname ?? "", Number(target?.port) || 443));
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      this.#join(client, upstream);
    } catch (error) {
      const status = this.#refuse(error, request.url) === 403 ? "403 Forbidden" : "502 Bad Gateway";
      client.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    }
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#isGit(request)) {
      response.writeHead(407, { "proxy-authenticate": "Basic" }).end();
      return;
    }
    try {
      const target = new URL(request.url ?? "");
      const socket = this.#track(await this.#egress.connect(target.hostname, Number(target.port) || 80));
      const { "proxy-authorization": _own, "proxy-connection": _hop, connection: _state, ...headers } = request.headers;
      const onward = httpRequest({
        createConnection: () => socket,
        method: request.method,
        path: `${target.pathname}${target.search}`,
        headers: { ...headers, connection: "close" },
      });
      onward.once("error", () => response.destroy());
      onward.once("response", (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        pipeline(answer, this.#counted(), response, () => undefined);
      });
      pipeline(request, onward, () => undefined);
    } catch (error) {
      response.writeHead(this.#refuse(error, request.headers.host)).end();
    }
  }

  #isGit({ headers }: IncomingMessage): boolean {
    const given = Buffer.from(headers["proxy-authorization"] ?? "");
    const expected = Buffer.from(`Basic ${Buffer.from(`fairlead:${this.#password}`).toString("base64")}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #refuse(error: unknown, host = ""): 403 | 502 {
    this.#refusal = connectionProblem(`git: ${host}`, error);
    return this.#refusal.kind === "source-forbidden" ? 403 : 502;
  }

  #join(client: Socket, upstream: Socket): void {
    pipeline(client, upstream, () => undefined);
    pipeline(upstream as Readable, this.#counted(), client, () => undefined);
  }

  #counted(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#bytes += chunk.length;
        if (this.#bytes <= mostBytes) return done(null, chunk);
        const message = `git: the repository sends more than ${mostBytes} bytes`;
        this.#refusal = new HelmError("archive-refused", message, { command: "fetch" });
        done(this.#refusal);
      },
    });
  }

  #track(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined); // Whoever uses it sees it end.
    return socket;
  }
}
