import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";

const tokenBytes = 32;

/** The local administrator's token: random, made at the first start, readable by its owner only. */
export async function adminToken(file: string): Promise<string> {
  try {
    const token = (await readFile(file, "utf8")).trim();
    if (token !== "") return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const token = randomBytes(tokenBytes).toString("base64url");
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return token;
}
