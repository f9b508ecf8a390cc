/**
 * What is inside the executables besides echod, and under which licences, as
 * its makers say.
 *
 * @module
 */

/** A piece of software in an executable. */
export interface Component {
  /** Its name. */
  readonly name: string;
  /** Where it comes from. */
  readonly url: string;
  /** Its licences, by their SPDX identifiers. */
  readonly licences: readonly string[];
}

const github = (path: string, ...licences: readonly string[]): Component => ({
  name: path.split("/")[1],
  url: `https://github.com/${path}`,
  licences,
});

/** What an executable of Bun has inside: https://bun.com/docs/project/licensing */
export const BUN_COMPONENTS: readonly Component[] = [
  github("oven-sh/bun", "MIT"),
  github("oven-sh/WebKit", "LGPL-2.1-only", "LGPL-2.0-only", "BSD-2-Clause"),
  {
    name: "boringssl",
    url: "https://boringssl.googlesource.com/boringssl/",
    licences: ["Apache-2.0", "ISC", "OpenSSL", "MIT"],
  },
  github("google/brotli", "MIT"),
  github("libarchive/libarchive", "BSD-2-Clause"),
  github("cloudflare/lol-html", "BSD-3-Clause"),
  github("litespeedtech/ls-hpack", "MIT"),
  github("litespeedtech/ls-qpack", "MIT"),
  github("litespeedtech/lsquic", "MIT", "BSD-3-Clause"),
  github("microsoft/mimalloc", "MIT"),
  github("h2o/picohttpparser", "MIT"),
  github("facebook/zstd", "BSD-3-Clause"),
  github("simdutf/simdutf", "Apache-2.0"),
  github("tinycc/tinycc", "LGPL-2.1-only"),
  github("uNetworking/uSockets", "Apache-2.0"),
  github("uNetworking/uWebSockets", "Apache-2.0"),
  github("zlib-ng/zlib-ng", "Zlib"),
  github("c-ares/c-ares", "MIT"),
  github("unicode-org/icu", "Unicode-3.0"),
  github("aklomp/base64", "BSD-2-Clause"),
  github("libuv/libuv", "MIT"),
  github("ebiggers/libdeflate", "MIT"),
  github("libjpeg-turbo/libjpeg-turbo", "BSD-3-Clause", "IJG", "Zlib"),
  github("randy408/libspng", "BSD-2-Clause"),
  github("webmproject/libwebp", "BSD-3-Clause"),
  github("google/highway", "Apache-2.0", "BSD-3-Clause"),
  github("jacobsandlund/uucode", "MIT"),
  github("tigerbeetle/tigerbeetle", "Apache-2.0"),
  github("llvm/llvm-project", "Apache-2.0"),
  github("evanw/esbuild", "MIT"),
  github("acornjs/acorn", "MIT"),
  github("browserify/browserify", "MIT"),
];

/** What an executable of Deno has inside; its Rust packages are in Cargo.lock. */
export const DENO_COMPONENTS: readonly Component[] = [
  github("denoland/deno", "MIT"),
  github("denoland/rusty_v8", "MIT"),
  {
    name: "v8",
    url: "https://chromium.googlesource.com/v8/v8",
    licences: ["BSD-3-Clause"],
  },
  github("unicode-org/icu", "Unicode-3.0"),
  github("rust-lang/rust", "MIT", "Apache-2.0"),
  github("tokio-rs/tokio", "MIT"),
  github("hyperium/hyper", "MIT"),
  github("rustls/rustls", "Apache-2.0", "ISC", "MIT"),
  github("aws/aws-lc", "Apache-2.0", "ISC", "OpenSSL"),
  github("swc-project/swc", "Apache-2.0"),
  github("libffi/libffi", "MIT"),
  github("google/brotli", "MIT"),
  github("facebook/zstd", "BSD-3-Clause"),
  { name: "sqlite", url: "https://sqlite.org", licences: ["blessing"] },
];
