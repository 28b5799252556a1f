import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { AuthenticationError, type Authenticator } from "../authentication/authenticator.ts";
import { ApiError, badRequest } from "../http/api-error.ts";
import { objectBody } from "../http/json-body.ts";
import { signalOf } from "../http/request-signal.ts";

/**
 * Signs the web UI in and out: the token becomes a cookie that scripts cannot read and other sites cannot make the browser send.
 * Bodies are JSON only, so no foreign form can sign anybody in.
 */
export function sessionRoutes(app: FastifyInstance, authenticator: Authenticator): void {
  app.post("/session", async (request, reply) => {
    const { token } = objectBody(request.body);
    if (typeof token !== "string" || token.trim() === "") throw badRequest("token: Required value: the token is empty");
    const user = await identify(authenticator, token.trim(), request);
    if (!user) throw new ApiError(401, "this token is not known to the server");
    return setCookie(request, reply, token.trim()).send({ email: user.email });
  });

  app.delete("/session", async (request, reply) => setCookie(request, reply, "").send({}));
}

async function identify(authenticator: Authenticator, token: string, request: FastifyRequest) {
  if (/[^\x21-\x7e]|[;,"\\]/.test(token)) return undefined; // no cookie can hold it
  try {
    return await authenticator.authenticate({ token, place: "cookie" }, signalOf(request));
  } catch (error) {
    if (error instanceof AuthenticationError) throw new ApiError(401, error.message);
    throw error;
  }
}

function setCookie(request: FastifyRequest, reply: FastifyReply, token: string): FastifyReply {
  const secure = request.protocol === "https" || request.headers["x-forwarded-proto"] === "https";
  const parts = [`token=${token}`, "Path=/", "HttpOnly", "SameSite=Strict", ...(secure ? ["Secure"] : [])];
  return reply.header("set-cookie", [...parts, ...(token === "" ? ["Max-Age=0"] : [])].join("; "));
}
