import { randomInt } from "node:crypto";

const letters = "abcdefghijklmnopqrstuvwxyz";
const lettersAndDigits = `${letters}0123456789`;

/** A random name for an object: ten of `[a-z0-9]`, a letter first. */
export function newObjectId(): string {
  return Array.from({ length: 10 }, (_, index) => pick(index === 0 ? letters : lettersAndDigits)).join("");
}

function pick(alphabet: string): string {
  return alphabet.charAt(randomInt(alphabet.length));
}
