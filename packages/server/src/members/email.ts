import { serviceAccountPrefix } from "@fairlead/resources";
import { invalidObject } from "../http/api-error.ts";

/** Addresses of Fairlead's own: the local administrator, service accounts. Nobody receives mail there. */
export const ownDomain = "fairlead.local";

/** Whether an identity provider must not say it of anybody, since Fairlead gives rights to it. */
export function isReservedEmail(email: string): boolean {
  const address = email.toLowerCase();
  return address.startsWith(serviceAccountPrefix) || address.endsWith(`@${ownDomain}`);
}

/** An address that somebody may sign in with, in lower case. @throws ApiError 400 that names the field */
export function acceptEmail(text: string, field: string): string {
  const email = text.trim().toLowerCase();
  if (email.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(email) && !isReservedEmail(email)) return email;
  const message = "expected the e-mail address with which the person signs in";
  throw invalidObject("member", [{ reason: "FieldValueInvalid", field, value: text, message }]);
}
