import { expect, test } from "vitest";
import { childEnvironment, goEnvironment, npmEnvironment } from "./environment.ts";

const user = {
  PATH: "/bin",
  HOME: "/home/u",
  KUBECONFIG: "/home/u/.kube/config",
  ETCD_NAME: "x",
  GOFLAGS: "-mod=vendor",
  GOOS: "plan9",
  GOPROXY: "https://goproxy.example",
  HTTPS_PROXY: "http://proxy.example:3128",
  npm_config_registry: "https://npm.example",
  npm_config_workspace: "cli",
};

test("children inherit nothing that changes what they do", () => {
  expect(childEnvironment(user)).toEqual({ PATH: "/bin", HOME: "/home/u" });
});

test("go keeps the user's way to the modules, not the user's build settings", () => {
  expect(goEnvironment(user)).toEqual({
    PATH: "/bin",
    HOME: "/home/u",
    HTTPS_PROXY: "http://proxy.example:3128",
    GOPROXY: "https://goproxy.example",
    CGO_ENABLED: "0",
    GOTOOLCHAIN: "local",
    GOFLAGS: "-mod=readonly",
    GOWORK: "off",
  });
});

test("npm keeps the user's registry and drops the outer npm's context", () => {
  expect(npmEnvironment(user)).toEqual({
    PATH: "/bin",
    HOME: "/home/u",
    HTTPS_PROXY: "http://proxy.example:3128",
    npm_config_registry: "https://npm.example",
  });
});
