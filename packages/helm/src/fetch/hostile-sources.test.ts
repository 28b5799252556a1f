import { createHash } from "node:crypto";
import type { RequestListener } from "node:http";
import { startWebServer, type WebServer } from "@fairlead/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ChartEgress } from "../egress/chart-egress.ts";
import { ChartHttp } from "./chart-http.ts";
import { fetchFromRepository } from "./chart-repository.ts";
import { OciRepository } from "./oci-registry.ts";

const login = { username: "joe", password: "hunter22" };

/** What a source answers; each test sets its own. */
let answer: RequestListener = () => undefined;
let source: WebServer;
/** Of somebody else, also allowed: credentials must not get there. */
let elsewhere: WebServer;
let seenElsewhere: (string | undefined)[] = [];
/** On the same machine, and not allowed: nothing may get there. */
let closed: WebServer;
let http: ChartHttp;

beforeAll(async () => {
  source = await startWebServer((request, response) => answer(request, response));
  elsewhere = await startWebServer((request, response) => {
    seenElsewhere.push(request.headers.authorization);
    response.end("package");
  });
  closed = await startWebServer((_request, response) => response.end("secret of the machine"));
});
beforeEach(() => {
  const allowedAddresses = [source, elsewhere].map(({ url }) => new URL(url).host);
  http = new ChartHttp({ egress: new ChartEgress(allowedAddresses) });
  seenElsewhere = [];
  return () => http[Symbol.asyncDispose]();
});
afterAll(async () => {
  await Promise.all([source, elsewhere, closed].map((server) => server.close()));
});

const redirectTo =
  (location: string): RequestListener =>
  (_request, response) =>
    response.writeHead(302, { location }).end();
const index =
  (text: string): RequestListener =>
  (_request, response) =>
    response.end(text);
const entry = (url: string, more = "") => `entries:\n  app:\n  - version: 1.0.0\n    urls: ["${url}"]\n${more}`;
const fetchChart = (version = "1.0.0") => fetchFromRepository(http, { url: source.url, name: "app", version, login });
const get = (limitBytes = 1000) => http.get(new URL(source.url), { limitBytes });

describe("a source that leads elsewhere", () => {
  const forbidden = { kind: "source-forbidden", message: expect.stringContaining("allowedAddresses") };

  test("by a redirect, a package's address or a registry's token server: never to what is closed", async () => {
    answer = redirectTo(`${closed.url}/latest/meta-data`);
    await expect(get()).rejects.toMatchObject(forbidden);
    answer = redirectTo("http://169.254.169.254/latest/meta-data");
    await expect(get()).rejects.toMatchObject(forbidden);
    answer = index(entry(`${closed.url}/app.tgz`));
    await expect(fetchChart()).rejects.toMatchObject(forbidden);
    answer = (_request, response) =>
      response.writeHead(401, { "www-authenticate": `Bearer realm="${closed.url}/token",service="x"` }).end();
    const registry = new OciRepository(http, new URL(`${source.url}/charts/app`), login);
    await expect(registry.chart("1.0.0")).rejects.toMatchObject(forbidden);
    expect(closed.requests).toEqual([]);
  });

  test("to another host: without the login", async () => {
    answer = (request, response) =>
      request.url === "/index.yaml"
        ? response.end(entry(`${source.url}/app.tgz`))
        : response.writeHead(302, { location: `${elsewhere.url}/app.tgz` }).end();
    expect((await fetchChart()).toString()).toBe("package");
    answer = index(entry(`${elsewhere.url}/app.tgz`));
    expect((await fetchChart()).toString()).toBe("package");
    expect(seenElsewhere).toEqual([undefined, undefined]);
  });

  test("to other protocols, or round and round: not at all", async () => {
    for (const location of ["file:///etc/passwd", "gopher://127.0.0.1:1/x"]) {
      answer = redirectTo(location);
      await expect(get()).rejects.toThrow("expected https");
    }
    answer = redirectTo("/again");
    await expect(get()).rejects.toThrow("redirects more than 5 times");
    answer = index(entry("file:///etc/passwd"));
    await expect(fetchChart()).rejects.toThrow("its package is at file:");
  });
});

describe("a source that sends what it should not", () => {
  test("more than was asked for, endlessly", async () => {
    answer = (_request, response) => {
      const more = (): void => {
        while (response.writable && response.write("x".repeat(10_000)));
        response.once("drain", more);
      };
      more();
    };
    await expect(get(100_000)).rejects.toMatchObject({ kind: "archive-refused" });
  });

  test("an index that grows without end, or is none", async () => {
    const levels = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}*a${n}]`);
    answer = index(`a0: &a0 [x]\n${levels.join("\n")}\nentries: { app: *a12 }\n`);
    await expect(fetchChart()).rejects.toThrow("no index of charts");
    answer = index("entries: [");
    await expect(fetchChart()).rejects.toThrow("no index of charts");
    answer = index("<html>Welcome</html>");
    await expect(fetchChart()).rejects.toThrow("no such chart");
  });

  test("a package that is not its digest's", async () => {
    const digest = createHash("sha256").update("package").digest("hex");
    answer = index(entry(`${elsewhere.url}/app.tgz`, `    digest: ${digest}\n`));
    expect((await fetchChart()).toString()).toBe("package");
    answer = index(entry(`${elsewhere.url}/app.tgz`, `    digest: ${digest.replaceAll(/[0-9]/g, "0")}\n`));
    await expect(fetchChart()).rejects.toMatchObject({ kind: "chart-digest-mismatch" });
  });
});

test("an error shows neither login nor query", async () => {
  answer = (_request, response) => response.writeHead(500).end("hunter22");
  const url = new URL(`${source.url.replace("//", "//joe:hunter22@")}/x?signature=abcdef`);
  await http.get(url, { limitBytes: 1000 });
  answer = redirectTo("ftp://joe:hunter22@example.com/x?signature=abcdef");
  const error = await http.get(url, { limitBytes: 1000 }).catch((thrown: unknown) => thrown);
  expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/hunter22|abcdef/);
  expect(error).toMatchObject({ kind: "registry-unreachable" });
});
