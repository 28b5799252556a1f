import { expect, test } from "vitest";
import { helmEnvironment, helmHomes } from "./environment.ts";

test("only proxies and authorities come from outside", () => {
  const outer = {
    PATH: "/home/joe/bin",
    HOME: "/home/joe",
    KUBECONFIG: "/home/joe/.kube/config",
    HELM_NAMESPACE: "prod",
    HELM_DRIVER: "memory",
    HELM_KUBETOKEN: "secret",
    HELM_PLUGINS: "/home/joe/plugins",
    LD_PRELOAD: "/home/joe/evil.so",
    GIT_SSH_COMMAND: "evil",
    HTTPS_PROXY: "http://proxy:3128",
    SSL_CERT_FILE: "/etc/ca.pem",
  };
  expect(helmEnvironment(helmHomes("/cache"), "/call", outer)).toEqual({
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: "/call",
    DOCKER_CONFIG: "/call",
    HELM_CACHE_HOME: "/cache/cache",
    HELM_CONFIG_HOME: "/cache/config",
    HELM_DATA_HOME: "/cache/data",
    HELM_PLUGINS: "/cache/data/no-plugins",
    HELM_REGISTRY_CONFIG: "/call/registry-config.json",
    HELM_REPOSITORY_CONFIG: "/call/repositories.yaml",
    HELM_REPOSITORY_CACHE: "/call/repositories",
    HELM_DRIVER: "secret",
    HTTPS_PROXY: "http://proxy:3128",
    SSL_CERT_FILE: "/etc/ca.pem",
  });
});
