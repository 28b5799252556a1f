import { expect, test } from "vitest";
import { listener, origin } from "./options.ts";

test.each([
  ["0.0.0.0:8080", { host: "0.0.0.0", port: 8080 }],
  ["[::]:9443", { host: "::", port: 9443 }],
])("%s is where a server listens", (text, expected) => {
  expect(listener(text)).toEqual(expected);
});

test.each(["8080", "localhost:8080", "0.0.0.0", "0.0.0.0:70000", "::1:80"])("%s is refused", (text) => {
  expect(() => listener(text)).toThrow("no address to listen on");
});

test("webhooks have an origin", () => {
  expect(origin("https://fairlead.example.com:9443")).toBe("https://fairlead.example.com:9443");
  for (const wrong of ["http://fairlead.example.com", "https://fairlead.example.com/hooks", "fairlead.example.com"]) {
    expect(() => origin(wrong), wrong).toThrow("no address of webhooks");
  }
});
