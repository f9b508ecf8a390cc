/**
 * The page for people: one HTML document, made of its files.
 *
 * @module
 */

import { createHash } from "node:crypto";
import baseCss from "./page/base.css" with { type: "text" };
import cardsCss from "./page/cards.css" with { type: "text" };
import consoleJs from "./page/console.js" with { type: "text" };
import formatJs from "./page/format.js" with { type: "text" };
import layoutCss from "./page/layout.css" with { type: "text" };
import html from "./page/page.html" with { type: "text" };
import pageJs from "./page/page.js" with { type: "text" };
import plotsJs from "./page/plots.js" with { type: "text" };
import tablesCss from "./page/tables.css" with { type: "text" };
import tablesJs from "./page/tables.js" with { type: "text" };
import toolsCss from "./page/tools.css" with { type: "text" };
import { textAnswer } from "./answers.ts";

/** The files that a page is made of. */
export interface PageFiles {
  /** The document, with placeholders for style and script. */
  readonly html: string;
  /** Its style sheets; where they differ, the last wins. */
  readonly styles: readonly string[];
  /** Its scripts, in the order in which they run, in one scope. */
  readonly scripts: readonly string[];
}

/** A page that is ready to be sent. */
export interface Page {
  /** The document, with all that belongs to it. */
  readonly html: string;
  /** The source expression of its style in a policy, such as `'sha256-…'`. */
  readonly styleSource: string;
  /** The same of its script. */
  readonly scriptSource: string;
}

/** Puts a page together. */
export function assemblePage(files: PageFiles): Page {
  const style = withLineFeeds(files.styles.join("\n"));
  const script = withLineFeeds(files.scripts.join("\n"));
  const elements: Readonly<Record<string, string>> = {
    "<!-- style -->": `<style>${style}</style>`,
    "<!-- script -->": `<script type="module">${script}</script>`,
  };
  return {
    html: withLineFeeds(files.html)
      .replace(/<!-- (?:style|script) -->/g, (mark) => elements[mark]),
    styleSource: hashSource(style),
    scriptSource: hashSource(script),
  };
}

/** The page of this version. */
export const PAGE: Page = assemblePage({
  html,
  styles: [baseCss, cardsCss, tablesCss, toolsCss, layoutCss],
  scripts: [formatJs, plotsJs, tablesJs, consoleJs, pageJs],
});

// Browsers hash what their HTML parser has made of line ends.
function withLineFeeds(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/**
 * The answer with the page.
 *
 * @param page the page.
 * @param host the host that it was asked of, which is that of listeners on all
 * addresses, too.
 * @param urls the URLs of the listeners, which the page may connect to.
 */
export function pageAnswer(
  page: Page,
  host: string,
  urls: readonly string[],
): Response {
  const policy = [
    "default-src 'none'",
    `script-src ${page.scriptSource}`,
    `style-src ${page.styleSource}`,
    `connect-src ${["'self'", ...webSocketSources(host, urls)].join(" ")}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return textAnswer(page.html, "text/html; charset=utf-8", {
    headers: {
      "content-security-policy": policy.join("; "),
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-frame-options": "DENY",
    },
  });
}

function webSocketSources(host: string, urls: readonly string[]): string[] {
  const sources = urls.flatMap((url) => {
    const [, secure, listening, port] =
      /^http(s?):\/\/(\[[^\]]*\]|[^:/]*):(\d+)$/.exec(url) ?? [];
    if (port === undefined) return [];
    const isAny = listening === "0.0.0.0" || listening === "[::]";
    return sourceOf(`ws${secure}`, isAny ? host : listening, port);
  });
  return [...new Set(sources)];
}

// What is not a host must not become a directive.
function sourceOf(scheme: string, host: string, port: string): string[] {
  if (/^[a-z\d-]+(?:\.[a-z\d-]+)*$/i.test(host)) {
    return [`${scheme}://${host}:${port}`];
  }
  // Policies cannot name an IPv6 address, but all hosts of a scheme.
  return /^\[[\da-f:.]+\]$/i.test(host) ? [`${scheme}:`] : [];
}
