import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

export interface WebServerOptions {
  /** Whoever does not say so is answered 401. */
  login?: { username: string; password: string };
  tls?: { cert: string; key: string };
}

export interface WebServer extends AsyncDisposable {
  /** `http://127.0.0.1:40000` */
  readonly url: string;
  /** Method and path of each request that was let in. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** An HTTP server on a free port of loopback. */
export async function startWebServer(answer: RequestListener, options: WebServerOptions = {}): Promise<WebServer> {
  const { login, tls } = options;
  const expected = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    if (expected && request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end();
      return;
    }
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  const { port } = server.address() as AddressInfo;
  return { url: `${tls ? "https" : "http"}://127.0.0.1:${port}`, requests, close, [Symbol.asyncDispose]: close };
}
