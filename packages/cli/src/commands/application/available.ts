import type { ApiApplicationDefinition } from "@fairlead/resources";
import type { Column } from "../../output/table.ts";
import type { Session } from "../../session.ts";

export async function listDefinitions({ api, output }: Session): Promise<void> {
  const items = await api.applicationDefinitions();
  const definitions = await Promise.all(items.map(({ name }) => api.applicationDefinition(name)));
  await output.result(definitions, async () => {
    if (definitions.length > 0) return output.table(columns, definitions);
    output.note("No applications. An administrator makes them known by ApplicationDefinitions.");
    return "";
  });
}

const columns: Column<ApiApplicationDefinition>[] = [
  { title: "APPLICATION", value: ({ name }) => name },
  { title: "VERSIONS", value: ({ spec }) => spec.versions.map(({ version }) => version).join(", ") },
  { title: "DESCRIPTION", value: ({ spec }) => spec.description },
];
