const storageKey = "fairlead-theme";
const darkClass = "pf-v6-theme-dark";

export type Theme = "light" | "dark";

/** What the user chose, else what the system prefers. */
export function currentTheme(): Theme {
  const chosen = localStorage.getItem(storageKey);
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function applyTheme(theme = currentTheme()): void {
  document.documentElement.classList.toggle(darkClass, theme === "dark");
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(storageKey, theme);
  applyTheme(theme);
}
