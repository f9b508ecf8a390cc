/**
 * The packages of npm that Bun carries to bundle programs for browsers, and
 * what they depend on, in the form of {@linkcode readComponents}.
 *
 * @module
 */

/** The components. */
export const BUN_POLYFILLS = `
abort-controller: MIT
  Copyright (c) 2017 Toru Nagashima
acorn: MIT
  Copyright (C) 2012-2022 by various contributors (see AUTHORS)
acorn-walk: MIT
  Copyright (C) 2012-2020 by various contributors (see AUTHORS)
asn1.js: MIT
  Copyright Fedor Indutny, 2013.
assert: MIT
  Copyright Joyent, Inc. and other Node contributors. All rights reserved.
available-typed-arrays: MIT
  Copyright (c) 2020 Inspect JS
base64-js: MIT
  Copyright (c) 2014 Jameson Little
bn.js: MIT
  Copyright Fedor Indutny, 2015.
brorand: MIT
  Copyright Fedor Indutny, 2014.
browserify-aes: MIT
  Copyright (c) 2014-2017 browserify-aes contributors
browserify-cipher: MIT
  Copyright (c) 2014-2017 Calvin Metcalf & contributors
browserify-des: MIT
  Copyright (c) 2014-2017 Calvin Metcalf, Fedor Indutny & contributors
browserify-rsa: MIT
  Copyright (c) 2014-2016 Calvin Metcalf & contributors
browserify-sign: ISC
  Copyright (c) 2014-2015 Calvin Metcalf and browserify-sign contributors
browserify-zlib: MIT
  Copyright (c) 2014-2015 Devon Govett <devongovett@gmail.com>
  Copyright Node.js contributors. All rights reserved.
  Copyright Joyent, Inc. and other Node contributors. All rights reserved.
buffer: MIT
  Copyright (c) Feross Aboukhadijeh, and other contributors.
buffer-xor: MIT
  Copyright (c) 2015 Daniel Cousens
builtin-status-codes: MIT
  Copyright (c) Ben Drucker <bvdrucker@gmail.com> (bendrucker.me)
call-bind: MIT
  Copyright (c) 2020 Jordan Harband
call-bind-apply-helpers: MIT
  Copyright (c) 2024 Jordan Harband
call-bound: MIT
  Copyright (c) 2024 Jordan Harband
cipher-base: MIT
  Copyright (c) 2017 crypto-browserify contributors
console-browserify: MIT
  Copyright (c) 2012 Raynos.
constants-browserify: MIT
  Copyright (c) 2013 Julian Gruber <julian@juliangruber.com>
create-ecdh: MIT
  Copyright (c) 2014-2017 createECDH contributors
create-hash: MIT
  Copyright (c) 2017 crypto-browserify contributors
create-hmac: MIT
  Copyright (c) 2017 crypto-browserify contributors
crypto-browserify: MIT
  Copyright (c) 2013 Dominic Tarr
define-data-property: MIT
  Copyright (c) 2023 Jordan Harband
define-properties: MIT
  Copyright (C) 2015 Jordan Harband
des.js: MIT
  Copyright Fedor Indutny, 2015.
diffie-hellman: MIT
  Copyright (c) 2017 Calvin Metcalf
domain-browser: Artistic-2.0
  Copyright © 2013+ Bevry Pty Ltd
dunder-proto: MIT
  Copyright (c) 2024 ECMAScript Shims
elliptic: MIT
  Copyright Fedor Indutny, 2014.
es-define-property: MIT
  Copyright (c) 2024 Jordan Harband
es-errors: MIT
  Copyright (c) 2024 Jordan Harband
es-object-atoms: MIT
  Copyright (c) 2024 Jordan Harband
event-target-shim: MIT
  Copyright (c) 2015 Toru Nagashima
events: MIT
  Copyright Joyent, Inc. and other Node contributors.
evp_bytestokey: MIT
  Copyright (c) 2017 crypto-browserify contributors
for-each: MIT
  Copyright (c) 2012 Raynos.
function-bind: MIT
  Copyright (c) 2013 Raynos.
generator-function: MIT
  Copyright (c) 2015 Tiancheng “Timothy” Gu
get-intrinsic: MIT
  Copyright (c) 2020 Jordan Harband
get-proto: MIT
  Copyright (c) 2025 Jordan Harband
gopd: MIT
  Copyright (c) 2022 Jordan Harband
has-property-descriptors: MIT
  Copyright (c) 2022 Inspect JS
has-symbols: MIT
  Copyright (c) 2016 Jordan Harband
has-tostringtag: MIT
  Copyright (c) 2021 Inspect JS
hash-base: MIT
  Copyright (c) 2016 Kirill Fomichev
hash.js: MIT
  Copyright Fedor Indutny, 2014.
hasown: MIT
  Copyright (c) Jordan Harband and contributors
hmac-drbg: MIT
  Copyright Fedor Indutny, 2017.
https-browserify: MIT
  Copyright (c) James Halliday
ieee754: BSD-3-Clause
  Copyright 2008 Fair Oaks Labs, Inc.
inherits: ISC
  Copyright (c) Isaac Z. Schlueter
is-arguments: MIT
  Copyright (c) 2014 Jordan Harband
is-callable: MIT
  Copyright (c) 2015 Jordan Harband
is-generator-function: MIT
  Copyright (c) 2014 Jordan Harband
is-nan: MIT
  Copyright (c) 2014 Jordan Harband
is-regex: MIT
  Copyright (c) 2014 Jordan Harband
is-typed-array: MIT
  Copyright (c) 2015 Jordan Harband
isarray: MIT
  Copyright (c) 2013 Julian Gruber <julian@juliangruber.com>
math-intrinsics: MIT
  Copyright (c) 2024 ECMAScript Shims
md5.js: MIT
  Copyright (c) 2016 Kirill Fomichev
miller-rabin: MIT
  Copyright Fedor Indutny, 2014.
minimalistic-assert: ISC
  Copyright 2015 Calvin Metcalf
minimalistic-crypto-utils: MIT
  Copyright Fedor Indutny, 2017.
object-inspect: MIT
  Copyright (c) 2013 James Halliday
object-is: MIT
  Copyright (c) 2014 Jordan Harband
object-keys: MIT
  Copyright (C) 2013 Jordan Harband
object.assign: MIT
  Copyright (c) 2014 Jordan Harband
os-browserify: MIT
  Copyright (c) 2017 CoderPuppy
pako: MIT, Zlib
  Copyright (C) 2014-2017 by Vitaly Puzrin and Andrei Tuputcyn
  (C) 1995-2013 Jean-loup Gailly and Mark Adler
parse-asn1: ISC
  Copyright (c) 2017, crypto-browserify contributors
path-browserify: MIT
  Copyright (c) 2013 James Halliday
pbkdf2: MIT
  Copyright (c) 2014 Daniel Cousens
possible-typed-array-names: MIT
  Copyright (c) 2024 Jordan Harband
process: MIT
  Copyright (c) 2013 Roman Shtylman <shtylman@gmail.com>
public-encrypt: MIT
  Copyright (c) 2017 Calvin Metcalf
punycode: MIT
  Copyright Mathias Bynens <https://mathiasbynens.be/>
qs: BSD-3-Clause
  Copyright (c) 2014, Nathan LaFreniere and other contributors (https://github.com/ljharb/qs/graphs/contributors)
querystring-es3: MIT
  Copyright Node.js contributors. All rights reserved.
randombytes: MIT
  Copyright (c) 2017 crypto-browserify
randomfill: MIT
  Copyright (c) 2017 crypto-browserify
react-refresh: MIT
  Copyright (c) Meta Platforms, Inc. and affiliates.
readable-stream: MIT
  Copyright Node.js contributors. All rights reserved.
  Copyright Joyent, Inc. and other Node contributors. All rights reserved.
ripemd160: MIT
  Copyright (c) 2016 crypto-browserify
safe-buffer: MIT
  Copyright (c) Feross Aboukhadijeh
safe-regex-test: MIT
  Copyright (c) 2022 Jordan Harband
set-function-length: MIT
  Copyright (c) Jordan Harband and contributors
setimmediate: MIT
  Copyright (c) 2012 Barnesandnoble.com, llc, Donavon West, and Domenic Denicola
sha.js: MIT, BSD-3-Clause
  Copyright (c) 2013-2018 sha.js contributors
  Copyright (c) 1998 - 2009, Paul Johnston & Contributors
side-channel: MIT
  Copyright (c) 2019 Jordan Harband
side-channel-list: MIT
  Copyright (c) 2024 Jordan Harband
side-channel-map: MIT
  Copyright (c) 2024 Jordan Harband
side-channel-weakmap: MIT
  Copyright (c) 2019 Jordan Harband
stream-browserify: MIT
  Copyright (c) James Halliday
stream-http: MIT
  Copyright (c) 2015 John Hiesey
string_decoder: MIT
  Copyright Node.js contributors. All rights reserved.
  Copyright Joyent, Inc. and other Node contributors. All rights reserved.
timers-browserify: MIT
  Copyright © 2012 J. Ryan Stinnett <jryans@gmail.com>
  Copyright Joyent, Inc. and other Node contributors. All rights reserved.
to-buffer: MIT
  Copyright (c) 2016 Mathias Buus
tty-browserify: MIT
  by James Halliday; see https://www.npmjs.com/package/tty-browserify
typed-array-buffer: MIT
  Copyright (c) 2023 Jordan Harband
url: MIT
  Copyright 2014 Joyent, Inc. and other Node contributors.
util: MIT
  Copyright Joyent, Inc. and other Node contributors. All rights reserved.
vm-browserify: MIT
  by James Halliday; see https://www.npmjs.com/package/vm-browserify
which-typed-array: MIT
  Copyright (c) 2015 Jordan Harband
xtend: MIT
  Copyright (c) 2012-2014 Raynos.
`;
