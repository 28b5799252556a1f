import { type ApiUser, roleOfGroup, type User, type UserProjectBinding } from "@fairlead/resources";
import type { AuthenticatedUser } from "../authentication/authenticator.ts";
import type { Memberships } from "../authorization/memberships.ts";
import { zeroTime } from "../http/time.ts";
import { userId } from "./user-directory.ts";

interface Identity {
  email: string;
  /** Absent for somebody who was invited and has not signed in yet. */
  user?: User | undefined;
}

/** A user with what they are in projects. */
export function toApiUser({ email, user }: Identity, memberships: readonly { id: string; group: string }[]): ApiUser {
  const { metadata, spec, status } = user ?? {};
  return {
    id: metadata?.name ?? userId(email),
    name: spec?.name ?? email,
    creationTimestamp: metadata?.creationTimestamp ?? zeroTime,
    email,
    ...(spec?.admin ? { isAdmin: true } : {}),
    ...(memberships.length > 0 ? { projects: [...memberships] } : {}),
    ...(spec?.groups?.length ? { groups: spec.groups } : {}),
    ...(status?.lastSeen ? { lastSeen: status.lastSeen } : {}),
  };
}

/** Who sends the request; the local administrator has no User object. */
export function toApiSelf({ email, name, isAdmin, groups }: AuthenticatedUser, user: User | undefined): ApiUser {
  return {
    ...toApiUser({ email, user }, []),
    name,
    ...(isAdmin ? { isAdmin } : {}),
    ...(groups.length > 0 ? { groups: [...groups] } : {}),
  };
}

export function membershipsOf(memberships: Memberships): { id: string; group: string }[] {
  return [...memberships].flatMap(([id, roles]) => [...roles].map((group) => ({ id, group })));
}

/** What a binding makes of somebody; nothing if its group is none of its project's. */
export function membershipOf({ spec }: UserProjectBinding): { id: string; group: string }[] {
  const role = roleOfGroup(spec.group, spec.projectID);
  return role ? [{ id: spec.projectID, group: role }] : [];
}
