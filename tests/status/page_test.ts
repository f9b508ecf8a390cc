import { createHash } from "node:crypto";
import { assemblePage, PAGE, pageAnswer } from "../../src/status/page.ts";
import { assert, assertEquals } from "../assert.ts";

function directives(answer: Response): Record<string, string[]> {
  const policy = answer.headers.get("content-security-policy")!;
  return Object.fromEntries(
    policy.split("; ").map((directive) => {
      const [name, ...sources] = directive.split(" ");
      return [name, sources];
    }),
  );
}

function connectSources(host: string, ...urls: string[]): string[] {
  return directives(pageAnswer(PAGE, host, urls))["connect-src"];
}

/** What a browser would compare with the policy. */
function sourceOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

function inside(html: string, tag: string): string[] {
  const pattern = new RegExp(`<${tag}(?: [^>]*)?>(.*?)</${tag}>`, "gs");
  return [...html.matchAll(pattern)].map(([, text]) => text);
}

Deno.test("a page is put together of its files, whatever is in them", () => {
  const page = assemblePage({
    html: "<p>\r\n<!-- style --><i><!-- script --></i>",
    styles: ["p { content: '$&' }\r\n"],
    scripts: ["const a = `$1 $$`;\r\n", "// <!-- style -->\n"],
  });
  const css = "p { content: '$&' }\n";
  const script = "const a = `$1 $$`;\n\n// <!-- style -->\n";
  assertEquals(
    page.html,
    `<p>\n<style>${css}</style><i><script type="module">${script}</script></i>`,
  );
  assertEquals(page.styleSource, sourceOf(css));
  assertEquals(page.scriptSource, sourceOf(script));
});

Deno.test("the page is whole, and nothing in it needs leave besides", async () => {
  const answer = pageAnswer(PAGE, "127.0.0.1", []);
  assertEquals(answer.headers.get("content-type"), "text/html; charset=utf-8");
  const html = await answer.text();
  const [style, ...styles] = inside(html, "style");
  const [script, ...scripts] = inside(html, "script");
  assertEquals([styles, scripts], [[], []]);
  assertEquals(html.match(/<\/?(script|style)\b/gi)?.length, 4);
  assertEquals(directives(answer), {
    "default-src": ["'none'"],
    "script-src": [sourceOf(script)],
    "style-src": [sourceOf(style)],
    "connect-src": ["'self'"],
    "img-src": ["data:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
  });
  const markup = html.replace(style, "").replace(script, "");
  assert(!/<!-- (style|script) -->/.test(markup));
  assert(!/ (style|on\w+)=|javascript:/i.test(markup), "blocked by the policy");
  assert(!/ (src|href)="(?!data:,|\/|#)/.test(markup), "from another host");
  assert(!/^\s*(import|export)\b/m.test(script), "one script, one scope");
});

Deno.test("the page is neither framed nor shared, and tells no referrer", () => {
  const { headers } = pageAnswer(PAGE, "127.0.0.1", []);
  assertEquals(headers.get("x-frame-options"), "DENY");
  assertEquals(headers.get("referrer-policy"), "no-referrer");
  assertEquals(headers.get("cross-origin-opener-policy"), "same-origin");
});

Deno.test("the page may open WebSockets to the listeners for HTTP alone", () => {
  assertEquals(
    connectSources(
      "127.0.0.1",
      ...["tcp://127.0.0.1:1", "http://127.0.0.1:8081", "unix:http://a:1"],
      ...["https://echo.test:8443", "udp://127.0.0.1:2", "tls://a:3"],
    ),
    ["'self'", "ws://127.0.0.1:8081", "wss://echo.test:8443"],
  );
});

Deno.test("listeners on all addresses are on the host that was asked", () => {
  const urls = ["http://0.0.0.0:80", "https://[::]:443", "http://[::]:80"];
  assertEquals(connectSources("box-1.test", ...urls), [
    ...["'self'", "ws://box-1.test:80", "wss://box-1.test:443"],
  ]);
  assertEquals(connectSources("192.0.2.1", ...urls.slice(0, 1)), [
    ...["'self'", "ws://192.0.2.1:80"],
  ]);
});

Deno.test("an IPv6 address, which a policy cannot name, allows its scheme", () => {
  const urls = ["http://[::1]:80", "https://[2001:db8::1]:443"];
  assertEquals(connectSources("127.0.0.1", ...urls), ["'self'", "ws:", "wss:"]);
  assertEquals(connectSources("[::1]", "http://0.0.0.0:80"), ["'self'", "ws:"]);
});

Deno.test("a host that is none adds nothing to the policy", () => {
  for (
    const host of [
      ...["a;script-src *", "a b", "*", "*.test", "a'b", "", ".", "a..b", "ü"],
      ...["a\nb", "[::1", "::1", "[a;b]", "a,b", "a:80", "a/b", "'self'"],
    ]
  ) {
    assertEquals(connectSources(host, "http://0.0.0.0:80"), ["'self'"], host);
  }
});
