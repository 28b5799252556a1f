import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { startWebServer, type WebServer, type WebServerOptions } from "./web-server.ts";

/** Serves a folder with `index.yaml` and packages, as `helm repo index` makes it. */
export function startChartRepository(directory: string, options?: WebServerOptions): Promise<WebServer> {
  return startWebServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    readFile(join(directory, normalize(pathname))).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  }, options);
}
