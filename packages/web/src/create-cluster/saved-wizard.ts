import { type ClusterChoices, noChoices } from "./choices.ts";

/** What a reload of the page keeps, in this tab alone. */
export interface SavedWizard {
  choices: ClusterChoices;
  /** Id of the step that was open. */
  step: string;
}

const key = (project: string) => `fairlead-create-cluster-${project}`;

export function loadWizard(project: string, storage: Storage = sessionStorage): SavedWizard | undefined {
  try {
    const saved = JSON.parse(storage.getItem(key(project)) ?? "null") as Partial<SavedWizard> | null;
    if (typeof saved?.choices !== "object") return undefined;
    return { choices: { ...noChoices, ...saved.choices }, step: String(saved.step ?? "") };
  } catch {
    return undefined; // of another version
  }
}

export function saveWizard(project: string, wizard: SavedWizard, storage: Storage = sessionStorage): void {
  storage.setItem(key(project), JSON.stringify(wizard));
}

export function forgetWizard(project: string, storage: Storage = sessionStorage): void {
  storage.removeItem(key(project));
}
