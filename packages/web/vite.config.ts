import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** For `vite` itself while the UI is worked on: `FAIRLEAD_URL` names the server that answers. */
const server = process.env.FAIRLEAD_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // Never inlined: the page's content security policy allows files of the server only.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: { proxy: { "/api": server, "/session": server, "/live": server } },
});
