import { safeContentType } from "../../src/http/content_type.ts";
import { assert, assertEquals } from "../assert.ts";

const UNKNOWN = "application/octet-stream";

Deno.test("safeContentType takes no claim that could run a script", () => {
  for (
    const claimed of [
      ...[
        "text/html",
        "TEXT/HTML;charset=utf-8",
        " text/html ; a=b",
        "text/xml",
      ],
      ...["application/xhtml+xml", "application/xml", "image/svg+xml"],
      ...["text/javascript", "application/javascript", "text/ecmascript"],
      ...[
        "application/x-javascript",
        "module",
        "text/css",
        "text/cache-manifest",
      ],
      ...["application/pdf", "application/x-shockwave-flash", "text/vtt"],
      ...["multipart/x-mixed-replace;boundary=a", "multipart/form-data"],
      ...["application/ld+json", "application/manifest+json", "font/woff2"],
      ...["message/rfc822", "application/wasm", "video/mp4", "*/*", "text/*"],
    ]
  ) {
    assertEquals(safeContentType(claimed), UNKNOWN, claimed);
  }
});

Deno.test("safeContentType is not led astray by how a claim is written", () => {
  for (
    const claimed of [
      ...["", " ", ";", "/", "text", "text/", "plain", "text/plain/html"],
      ...["text/plain,text/html", "text/html,text/plain", "text /plain"],
      ...["text/plain text/html", "text/plain\ttext/html", "text/plain\0"],
      ...["text/html;text/plain", "application/json+html", "xtext/plain"],
      ...["text/pla\u0131n", "t\u0435xt/plain", "__proto__", "constructor"],
    ]
  ) {
    assertEquals(safeContentType(claimed), UNKNOWN, JSON.stringify(claimed));
  }
  assertEquals(safeContentType(null), UNKNOWN);
});

Deno.test("safeContentType keeps what is harmless, in small letters", () => {
  for (const type of ["text/plain", "application/json", "image/png"]) {
    for (const claimed of [type, ` ${type}\t`, type.toUpperCase()]) {
      assertEquals(safeContentType(claimed), type, claimed);
    }
  }
  assertEquals(safeContentType("image/gif"), "image/gif");
});

Deno.test("safeContentType keeps no parameter but UTF-8", () => {
  for (
    const parameter of [
      ...[
        "charset=utf-8",
        "CHARSET=UTF-8",
        'charset="utf-8"',
        " charset=utf-8 ",
      ],
      ...["a=b;charset=utf-8", "charset=utf-8;a=b", "\tcharset=utf-8 ; a=b"],
    ]
  ) {
    const safe = safeContentType(`text/plain;${parameter}`);
    assertEquals(safe, "text/plain; charset=utf-8", parameter);
  }
  for (
    const parameter of [
      ...["charset=utf-7", "charset=utf-16", "charset=iso-2022-jp", "charset="],
      ...["charset=utf-8x", "xcharset=utf-8", "charset=utf-8,text/html"],
      ...["boundary=a", "a=b\r\nset-cookie: c=d", "charset=utf-8 utf-7"],
    ]
  ) {
    const safe = safeContentType(`text/plain;${parameter}`);
    assertEquals(safe, "text/plain", JSON.stringify(parameter));
  }
});

Deno.test("safeContentType gives back what a header field may hold, whatever it is given", () => {
  const parts = ["text/plain", "charset=utf-8", ";", "\r\n", '"', ",", "x: y"];
  for (let n = 0; n < parts.length ** 4; n++) {
    const claimed = [n, n / 7, n / 49, n / 343]
      .map((at) => parts[Math.floor(at) % parts.length]).join("");
    const safe = safeContentType(claimed);
    assert(/^[a-z-]+\/[a-z-]+(; charset=utf-8)?$/.test(safe), claimed);
  }
});
