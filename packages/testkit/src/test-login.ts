/** Who may use a registry that asks for a login, and the file that tells it so. */
export const testLogin = {
  username: "joe",
  password: "hunter22",
  /** As `htpasswd -B` writes it. */
  htpasswd: "joe:$2b$05$abcdefghijklmnopqrstuuZ6QNu0NKXZkZHC5hsQUItfxcGamvB8i\n",
} as const;
