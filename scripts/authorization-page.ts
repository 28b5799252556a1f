import { projectRoles } from "@fairlead/resources";
import { type RouteRule, routeRuleSections } from "../packages/server/src/authorization/route-rules.ts";

/** `docs/authorization.md`, made from the table that decides. */
export function authorizationPage(): string {
  return `${[
    `# Who may do what

*This page is made from the rules themselves (\`npm run docs\`); a test keeps it current.*

Every route of the [REST API](rest-api.md) stands in this table; one that does not is not served. Owners, editors, viewers and project managers are
what a user is in the project of the address, by membership or by a group of the identity provider ([identity](identity.md)). Administrators may use
every route.

Who is no member of a project gets 403, whether or not there is such a project. What belongs to another project is 404, as what does not exist.
A service account is a member like any other, and never an administrator.`,
    ...routeRuleSections.map(({ title, rules }) => {
      const newer = rules.filter(({ route }) => !route.includes(older));
      const twice = newer.length < rules.length ? `All of it holds below \`${inBraces(older)}\`, too.\n\n` : "";
      return `## ${title}\n\n${twice}${table(newer)}`;
    }),
  ].join("\n\n")}\n`;
}

/** KKP's older address of clusters. */
const older = "/api/v1/projects/:project_id/dc/:seed/clusters";

function inBraces(path: string): string {
  return path.replaceAll(/:(\w+)/g, "{$1}");
}

const titles = { owners: "owner", editors: "editor", viewers: "viewer", projectmanagers: "project manager" } as const;

function table(rules: readonly RouteRule[]): string {
  const head = ["route", ...projectRoles.map((role) => titles[role]), "others", ""];
  const lines = rules.map(({ route, access, note = "" }) => [
    `\`${inBraces(route)}\``,
    ...projectRoles.map((role) => (isOpen(access) || (Array.isArray(access) && access.includes(role)) ? "yes" : "")),
    isOpen(access)
      ? access === "everybody"
        ? "yes, without a token"
        : "yes"
      : access === "admin"
        ? "administrators"
        : "",
    note,
  ]);
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function isOpen(access: RouteRule["access"]): boolean {
  return access === "everybody" || access === "user";
}
