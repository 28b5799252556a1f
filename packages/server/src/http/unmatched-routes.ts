import type { FastifyInstance, HTTPMethods } from "fastify";
import { asksForPage, readPage, sendPage } from "../web/page.ts";
import { ApiError } from "./api-error.ts";

const methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] as const satisfies HTTPMethods[];

/**
 * A path that nothing serves is answered as KKP does: 404 in plain text.
 * @param webDirectory of the web UI, if there is one: its pages decide in the browser what they show
 */
export function answerUnknownPaths(app: FastifyInstance, webDirectory?: string): void {
  const page = webDirectory === undefined ? undefined : readPage(webDirectory);
  app.setNotFoundHandler((request, reply) =>
    page !== undefined && asksForPage(request)
      ? sendPage(reply, page)
      : reply.code(404).type("text/plain; charset=utf-8").send("404 page not found\n"),
  );
}

/**
 * Notes each route of `app` from now on. The returned function, called once all of them are there, answers their other
 * methods with 405 and `Allow` (RFC 9110 15.5.6).
 */
export function trackMethods(app: FastifyInstance): () => void {
  const served = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ method, url }) => {
    const known = served.get(url) ?? new Set();
    for (const name of [method].flat()) known.add(name);
    served.set(url, known);
  });
  return () => {
    for (const [url, known] of served) {
      const allow = [...known].sort().join(", ");
      app.route({
        method: methods.filter((method) => !known.has(method)),
        url,
        exposeHeadRoute: false,
        config: { refusesMethod: true },
        handler: (request, reply) => {
          reply.header("allow", allow);
          throw new ApiError(405, `method ${request.method} is not allowed here, only ${allow}`);
        },
      });
    }
  };
}
