import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { readPage, sendPage } from "./page.ts";

/**
 * Serves the files of the built web UI, and its document at the root; other pages are what is left of the addresses.
 * @param directory with index.html and assets/, the names of which change with their content
 */
export function serveWeb(app: FastifyInstance, directory: string): void {
  const page = readPage(directory);
  app.register(fastifyStatic, {
    root: join(directory, "assets"),
    prefix: "/assets/",
    preCompressed: true,
    index: false,
    immutable: true,
    maxAge: "365d",
  });
  app.get("/", (_request, reply) => sendPage(reply, page));
}
