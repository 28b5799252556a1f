import type { Datacenter } from "@fairlead/resources";
import type { AuthenticatedUser } from "../authentication/authenticator.ts";

/** A datacenter can be kept for certain e-mail addresses or domains; administrators may use all. */
export function mayUseDatacenter(user: AuthenticatedUser, datacenter: Datacenter): boolean {
  const required = datacenter.spec.requiredEmails ?? [];
  if (required.length === 0 || user.isAdmin) return true;
  const email = user.email.toLowerCase();
  const domain = email.slice(email.lastIndexOf("@") + 1);
  return required.some((entry) => [email, domain].includes(entry.toLowerCase().replace(/^@/, "")));
}
