/** A JSON object of a request: any field may be anything. */
export type Json = Readonly<Record<string, unknown>>;

/** The line is no request; the message names what is wrong with it. */
export class RequestError extends Error {
  override readonly name = "RequestError";
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function object(request: Json, field: string): Json {
  const value = request[field];
  if (isObject(value)) return value;
  throw new RequestError(`${field}: expected an object`);
}

/** An object that may be left out. */
export function optionalObject(request: Json, field: string): Json {
  return request[field] === undefined || request[field] === null ? {} : object(request, field);
}

export function text(request: Json, field: string): string {
  const value = request[field];
  if (typeof value === "string") return value;
  throw new RequestError(`${field}: expected a string`);
}

/** A text that may be left out; `""` and `null` are absent. */
export function optionalText(request: Json, field: string): string | undefined {
  return request[field] === undefined || request[field] === null ? undefined : text(request, field) || undefined;
}

/** A flag that may be left out. */
export function flag(request: Json, field: string): boolean {
  const value = request[field] ?? false;
  if (typeof value === "boolean") return value;
  throw new RequestError(`${field}: expected true or false`);
}
