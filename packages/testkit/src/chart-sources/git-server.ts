import { spawn } from "node:child_process";
import type { IncomingMessage, ServerResponse } from "node:http";
import { startWebServer, type WebServer, type WebServerOptions } from "./web-server.ts";

/** Serves the git repositories below a folder by git's own `http-backend`: `<url>/<repository>`. */
export function startGitServer(directory: string, options?: WebServerOptions): Promise<WebServer> {
  return startWebServer((request, response) => runBackend(directory, request, response), options);
}

/** After the Common Gateway Interface (RFC 3875), as far as git speaks it. */
function runBackend(directory: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
  const backend = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: "1",
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      HTTP_GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  backend.stdin.on("error", () => undefined); // It ended before it had read all.
  request.pipe(backend.stdin);
  let head = Buffer.of();
  backend.stdout.on("data", (chunk: Buffer) => {
    if (response.headersSent) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const lines = head.subarray(0, end).toString("latin1").split("\r\n");
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const { status, ...rest } = headers;
    response.writeHead(Number.parseInt(status ?? "200", 10), rest);
    response.write(head.subarray(end + 4));
  });
  backend.on("close", () => response.end());
}
