/**
 * A real browser for the suites: Chromium, driven by Playwright.
 *
 * Playwright comes over npm and stays outside `deno.lock`: the suites that need
 * no browser need not have it.
 *
 * @module
 */

import { createRequire } from "node:module";
import { outputOf } from "./targets.ts";

const PLAYWRIGHT_VERSION = "1.65.1";

// Far longer than anything here takes, so that only a hang gets this far.
const PATIENCE_MS = 30_000;

/** Some elements of a page; actions and waits are for the only or first one. */
export interface Locator {
  /** The elements among these that have a text. */
  filter(options: { hasText: string }): Locator;
  /** Those inside that a selector finds. */
  locator(selector: string): Locator;
  /** The first. */
  first(): Locator;
  /** The last. */
  last(): Locator;
  /** Waits until the element is there, or is not. */
  waitFor(options?: { state: "visible" | "detached" }): Promise<void>;
  /** Replaces what a field holds. */
  fill(text: string): Promise<void>;
  /** Presses a key. */
  press(key: string): Promise<void>;
  /** The text as it is shown. */
  innerText(): Promise<string>;
  /** How many there are. */
  count(): Promise<number>;
}

/** A request that has not been sent. */
export interface Route {
  /** Answers it instead of the server. */
  fulfill(answer: { contentType: string; body: string }): Promise<void>;
}

/** A page of the browser. */
export interface Page {
  /** Opens a URL. */
  goto(url: string): Promise<unknown>;
  /** Finds elements. */
  locator(selector: string): Locator;
  /** Lets a function answer the requests for some URLs. */
  route(pattern: string, answer: (route: Route) => void): Promise<unknown>;
  /** Calls back for each message in the console. */
  on(
    event: "console",
    listener: (message: { type(): string; text(): string }) => void,
  ): void;
  /** Calls back for each error that is not caught. */
  on(event: "pageerror", listener: (error: Error) => void): void;
  /** Calls back for each dialog, which stays open until it is dismissed. */
  on(
    event: "dialog",
    listener: (dialog: { message(): string; dismiss(): void }) => void,
  ): void;
}

/** A running browser. */
export interface Browser {
  /** Opens an empty page with a profile of its own. */
  newPage(): Promise<Page & { setDefaultTimeout(ms: number): void }>;
  /** Ends the browser and removes its profile. */
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launch(options: { executablePath: string; args: string[] }): Promise<
      Browser
    >;
  };
}

// Root is refused a sandbox, and the rest talks to Google's servers.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const FIND_CHROMIUM = "command -v chromium || command -v chromium-browser || " +
  "command -v google-chrome";

/** What it takes to start a browser. */
export interface BrowserFiles {
  /** The browser's program. */
  readonly program: string;
  /** The directory of Playwright. */
  readonly playwright: string;
}

/** Looks for a browser and its driver; tells what is missing. */
export async function findBrowser(): Promise<BrowserFiles | undefined> {
  const program = await shell("sh", "-c", FIND_CHROMIUM);
  if (!program) return missing("Chromium");
  const driver = `--package=playwright-core@${PLAYWRIGHT_VERSION}`;
  const findDriver = [
    "exec",
    "--yes",
    driver,
    "-c",
    "command -v playwright-core",
  ];
  const command = await shell("npm", ...findDriver);
  if (!command) return missing("playwright-core");
  const modules = command.slice(0, -"/.bin/playwright-core".length);
  return { program, playwright: `${modules}/playwright-core` };
}

function missing(what: string): undefined {
  console.warn(`skipped: ${what} is not installed`);
}

async function shell(command: string, ...args: readonly string[]) {
  try {
    return await outputOf(command, args);
  } catch {
    // Not there, or not to be had: then tests are skipped, whatever it is.
    return undefined;
  }
}

/** Runs something with a page, and ends the browser after it. */
export async function withPage(
  { program, playwright }: BrowserFiles,
  run: (page: Page) => Promise<void>,
): Promise<void> {
  const { chromium }: Playwright = createRequire(import.meta.url)(playwright);
  const browser = await chromium.launch({
    executablePath: program,
    args: FLAGS,
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await run(page);
  } finally {
    await browser.close();
  }
}
