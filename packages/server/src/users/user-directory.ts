import { createHash } from "node:crypto";
import { isAlreadyExists, isConflict, type KubeClient } from "@fairlead/kube";
import { type User, userType } from "@fairlead/resources";
import type { AuthenticatedUser } from "../authentication/authenticator.ts";

/** How exact `status.lastSeen` is: one write a user and minute, as KKP does. */
const lastSeenEveryMs = 60_000;

/** Name of the User object, which is also the user's id in the REST API. */
export function userId(email: string): string {
  return createHash("sha256").update(email).digest("hex");
}

/** The User objects: who has signed in, who is an administrator. */
export class UserDirectory {
  readonly #client: KubeClient;
  readonly #noted = new Map<string, number>();

  constructor(client: KubeClient) {
    this.#client = client;
  }

  find(email: string, signal: AbortSignal): Promise<User | undefined> {
    return this.#client.find(userType, { name: userId(email) }, { signal });
  }

  /** The object of a person who has just signed in; it is made at the first time. */
  async recognize(person: AuthenticatedUser, signal: AbortSignal): Promise<User> {
    const user = (await this.find(person.email, signal)) ?? (await this.#create(person));
    await this.#noteSight(user, person);
    return user;
  }

  async #create({ email, name, groups }: AuthenticatedUser): Promise<User> {
    const id = userId(email);
    const spec = { id, email, name, admin: false, ...(groups.length > 0 ? { groups: [...groups] } : {}) };
    try {
      return await this.#client.create(userType, { metadata: { name: id }, spec }, { fieldManager: "fairlead" });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error; // another request of the same user was first
      return await this.#client.get(userType, { name: id });
    }
  }

  /** Not worth failing a request for. */
  async #noteSight({ metadata, spec }: User, { groups, name }: AuthenticatedUser): Promise<void> {
    const id = metadata.name ?? "";
    const now = Date.now();
    if (now - (this.#noted.get(id) ?? 0) < lastSeenEveryMs) return;
    this.#noted.set(id, now);
    const options = { fieldManager: "fairlead" };
    const lastSeen = `${new Date(now).toISOString().slice(0, 19)}Z`;
    try {
      if (name !== spec.name || groups.join("\n") !== (spec.groups ?? []).join("\n")) {
        await this.#client.mergePatch(userType, { name: id }, { spec: { name, groups } }, options);
      }
      await this.#client.mergePatchStatus(userType, { name: id }, { status: { lastSeen } }, options);
    } catch (error) {
      this.#noted.delete(id);
      if (!isConflict(error)) throw error;
    }
  }
}
