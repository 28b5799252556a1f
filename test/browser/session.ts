import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { ApiClient } from "@fairlead/api-client";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { expect, inject, vi } from "vitest";

const images = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const viewport = { width: 1280, height: 800 };
const rulesOfColours = ["color-contrast", "link-in-text-block"];
const actionTimeoutMs = 30_000;

/** A browser that is signed in, and the ways to look behind the page. */
export class BrowserSession {
  readonly page: Page;
  readonly context: BrowserContext;
  /** As a client of its own: what the page says is not what it is checked by. */
  readonly api: ApiClient;
  /** What scripts complained of; a test ends with none. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser, context: BrowserContext, page: Page) {
    const { url, token } = inject("fairlead");
    this.#browser = browser;
    this.context = context;
    this.page = page;
    this.api = new ApiClient({ url, token });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      // A refusal by the server is part of many tests; the browser reports each as an error.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        this.complaints.push(message.text());
      }
    });
  }

  static async start({ signIn = true } = {}): Promise<BrowserSession> {
    const { chromium: executablePath, url, token } = inject("fairlead");
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
    const context = await browser.newContext({ baseURL: url, viewport, reducedMotion: "reduce" });
    context.setDefaultTimeout(actionTimeoutMs);
    if (signIn) await context.addCookies([{ name: "token", value: token, url, httpOnly: true, sameSite: "Strict" }]);
    return new BrowserSession(browser, context, await context.newPage());
  }

  /** Id of a new project that clusters can be created in. */
  async activeProject(name: string): Promise<string> {
    const { id } = await this.api.createProject(name);
    await vi.waitFor(async () => expect((await this.api.project(id)).status).toBe("Active"), 30_000);
    return id;
  }

  /** Nothing serious or critical, in the light and in the dark theme; of the latter, what depends on colours. */
  async expectAccessible(): Promise<void> {
    for (const theme of ["light", "dark"] as const) {
      await this.theme(theme);
      const axe = new AxeBuilder({ page: this.page }).options({ resultTypes: ["violations"] });
      const { violations } = await (theme === "dark" ? axe.withRules(rulesOfColours) : axe).analyze();
      const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      const found = grave.map(({ id, nodes }) => [
        id,
        ...nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
      ]);
      expect([this.page.url(), theme, found]).toEqual([this.page.url(), theme, []]);
    }
    await this.theme("light");
  }

  async theme(theme: "light" | "dark"): Promise<void> {
    await this.page.evaluate((dark) => {
      document.documentElement.classList.toggle("pf-v6-theme-dark", dark);
    }, theme === "dark");
    // Colours that are still changing have neither theme's contrast.
    await this.page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
  }

  /** Tells how long the page's thread has computed since this was called, in ms, whatever else the machine did meanwhile. */
  async stopwatch(): Promise<() => Promise<number>> {
    const devTools = await this.context.newCDPSession(this.page);
    await devTools.send("Performance.enable", { timeDomain: "threadTicks" });
    const busyMs = async () => {
      const { metrics } = await devTools.send("Performance.getMetrics");
      return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1000;
    };
    const before = await busyMs();
    return async () => (await busyMs()) - before;
  }

  /** What stands in the chart's schema alone is offered while it is typed into the editor, which is left as it was. */
  async expectCompletion(typed: string, offered: RegExp): Promise<void> {
    await this.page.keyboard.type(typed);
    const option = this.page.getByRole("option", { name: offered });
    await vi.waitFor(async () => {
      if (await option.isVisible()) return;
      await this.page.keyboard.press("Control+Space"); // the schema may have come after the typing
      await option.waitFor({ timeout: 500 });
    }, actionTimeoutMs);
    await this.page.keyboard.press("Escape");
    for (const _ of typed) await this.page.keyboard.press("Backspace");
  }

  /**
   * Goes through a dialog by keyboard alone: the focus goes into it, reaches every control, stays inside, and is back on the
   * button once the dialog is closed.
   * @param name of the button that opens it, or of the menu's button
   * @param item of the menu, that opens it
   */
  async expectKeyboardDialog(name: string, item?: string): Promise<void> {
    const { page } = this;
    const opener = page.getByRole("button", { name, exact: true });
    await opener.focus();
    await page.keyboard.press("Enter");
    if (item !== undefined) {
      await page.getByRole("menuitem", { name: item }).focus();
      await page.keyboard.press("Enter");
    }
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await dialog.getByRole("progressbar").first().waitFor({ state: "detached" }); // what is loading has no controls yet
    const message = `the focus is in the dialog that "${name}" opens`;
    const mark = randomUUID();
    let reached = 0;
    for (let presses = 0; presses < 60; presses++) {
      // A dialog that has loaded takes the focus over from the one that said so.
      await expect.poll(() => dialog.locator(":focus").count(), { timeout: 10_000, message }).toBe(1);
      // By a mark, since what comes and goes around them changes their place.
      const focused = await dialog.locator(":focus").evaluateAll(([element], mark) => {
        if (!element || element.getAttribute("data-reached") === mark) return undefined;
        element.setAttribute("data-reached", mark);
        return { isEditor: element.classList.contains("cm-content") };
      }, mark);
      if (!focused) break;
      reached++;
      if (focused.isEditor) await page.keyboard.press("Escape"); // leads out of it, not out of the dialog
      await page.keyboard.press("Tab");
    }
    expect([name, reached]).toEqual([name, expect.toSatisfy((count: number) => count > 1 && count < 60)]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    if (item === undefined) expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
  }

  /** For the documentation; written only where FAIRLEAD_SCREENSHOTS is set, so that tests leave the checkout as it is. */
  async screenshot(name: string): Promise<void> {
    if (!process.env.FAIRLEAD_SCREENSHOTS) return;
    await mkdir(images, { recursive: true });
    await this.page.screenshot({ path: join(images, `${name}.png`), animations: "disabled" });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#browser.close();
  }
}

/** The object as kubectl reads it, from the management API unless another kubeconfig is named. */
export async function kubectlGet<T>(...args: string[]): Promise<T> {
  return JSON.parse(await kubectl(["get", ...args, "-o", "json"])) as T;
}

/** @throws Error with what kubectl says */
export function kubectl(args: string[], stdin = ""): Promise<string> {
  const data = join(inject("fairlead").directory, ".fairlead");
  const kubeconfig = join(data, "management", "admin.kubeconfig");
  const all = args.includes("--kubeconfig") ? args : ["--kubeconfig", kubeconfig, ...args];
  return new Promise((resolve, reject) => {
    const child = execFile(join(data, "bin", "kubectl"), all, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    child.stdin?.end(stdin);
  });
}

/** A figure that was measured, for whoever reads the log. */
export function report(figure: string): void {
  process.stdout.write(`  measured: ${figure}\n`);
}
