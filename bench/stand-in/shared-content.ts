import type { KubeObject } from "@fairlead/kube";

/** What an object says, without what each server adds to its own copy. */
export type Content = KubeObject & { spec?: unknown; status?: unknown };

/**
 * Keeps one copy of each text: thousands of virtual clusters hold the same objects. A text that was parsed once is not
 * parsed again.
 */
export class SharedContents {
  readonly #byText = new Map<string, Content>();

  parse(text: string): Content {
    const known = this.#byText.get(text);
    if (known) return known;
    const content = JSON.parse(text) as Content;
    this.#byText.set(text, content);
    return content;
  }

  share(content: Content): Content {
    return this.parse(JSON.stringify(content));
  }
}
