/**
 * What `bun check`, `bun lint` and `bun fmt` are ports of, in the form of
 * {@linkcode readComponents}: the executables have them inside too.
 *
 * @module
 */

/** The components. */
export const BUN_TOOLS = `
microsoft/typescript-go: Apache-2.0
  Copyright (c) Microsoft Corporation. All rights reserved.
  Copyright (c) 1991-2017 Unicode, Inc. All rights reserved.
  Copyright © 2018 WHATWG (Apple, Google, Mozilla, Microsoft).
  see also https://github.com/microsoft/typescript-go/blob/main/NOTICE.txt
eslint/eslint: MIT
  Copyright OpenJS Foundation and other contributors, <www.openjsf.org>
typescript-eslint/typescript-eslint: MIT
  Copyright (c) 2019 typescript-eslint and other contributors
eslint-scope: BSD-2-Clause
  Copyright JS Foundation and other contributors, https://js.foundation
  Copyright (C) 2012-2013 Yusuke Suzuki (twitter: @Constellation) and other contributors.
estools/esquery: BSD-3-Clause
  Copyright (c) 2013, Joel Feenstra
eslint-community/regexpp: MIT
  Copyright (c) 2018 Toru Nagashima
eslint-community/eslint-utils: MIT
  Copyright (c) 2018 Toru Nagashima
JoshuaKGoldberg/ts-api-utils: MIT
  see https://github.com/JoshuaKGoldberg/ts-api-utils/blob/main/LICENSE.md
gkz/levn: MIT
  Copyright (c) George Zahariev
litejs/natural-compare-lite: MIT
  Copyright (c) 2012-2022 Lauri Rooden <lauri@rooden.ee>
ajv-validator/ajv: MIT
  Copyright (c) 2015-2021 Evgeny Poberezkin
sindresorhus/globals: MIT
  Copyright (c) Sindre Sorhus <sindresorhus@gmail.com> (https://sindresorhus.com)
isaacs/minimatch: BlueOak-1.0.0
  by Isaac Z. Schlueter; see https://github.com/isaacs/minimatch/blob/main/LICENSE.md
juliangruber/brace-expansion: MIT
  Copyright Julian Gruber <julian@juliangruber.com>
  TypeScript port Copyright Isaac Z. Schlueter <i@izs.me>
micromatch/picomatch: MIT
  Copyright (c) 2017-present, Jon Schlinkert.
kaelzhang/node-ignore: MIT
  Copyright (c) 2013 Kael Zhang <i@kael.me>, contributors
micromatch/is-glob: MIT
  Copyright (c) 2014-2017, Jon Schlinkert.
jonschlinkert/is-extglob: MIT
  Copyright (c) 2014-2016, Jon Schlinkert
BurntSushi/ripgrep: MIT
  Copyright (c) 2015 Andrew Gallant
gulpjs/glob-parent: ISC
  Copyright (c) 2015, 2019 Elan Shanker, 2021 Blaine Bublitz <blaine.bublitz@gmail.com>, Eric Schoffstall <yo@contra.io> and other contributors
import-js/eslint-plugin-import: MIT
  Copyright (c) 2015 Ben Mosher
eslint-community/eslint-plugin-n: MIT
  Copyright (c) 2015 Toru Nagashima
eslint-community/eslint-plugin-es-x: MIT
  Copyright (c) 2018 Toru Nagashima
jsx-eslint/eslint-plugin-react: MIT
  Copyright (c) 2014 Yannick Croissant
jsx-eslint/jsx-ast-utils: MIT
  Copyright (c) 2016 Ethan Cohen
prettier/eslint-plugin-prettier: MIT
  Copyright © 2017 Andres Suarez and Teddy Katz
prettier/prettier-linter-helpers: MIT
  Copyright © 2017 Andres Suarez and Teddy Katz
jhchen/fast-diff: Apache-2.0
  Copyright 2014-2023 Jason Chen
@eslint/compat: Apache-2.0
  see https://www.npmjs.com/package/@eslint/compat
sindresorhus/eslint-plugin-unicorn: MIT
  Copyright (c) Sindre Sorhus <sindresorhus@gmail.com> (https://sindresorhus.com)
cvazac/eslint-plugin-react-perf: MIT
  Copyright (c) 2016 Charles Vazac
jsx-eslint/eslint-plugin-jsx-a11y: MIT
  Copyright (c) 2016 Ethan Cohen
@next/eslint-plugin-next: MIT
  Copyright (c) 2025 Vercel, Inc.
jest-community/eslint-plugin-jest: MIT
  Copyright (c) 2018 Jonathan Kim
vitest-dev/eslint-plugin-vitest: MIT
  Copyright (c) 2022 - PRESENT Verité Mugabo Makuza
vuejs/eslint-plugin-vue: MIT
  Copyright (c) 2017 Toru Nagashima
eslint-community/eslint-plugin-promise: ISC
  Copyright (c) 2020, Jamund Ferguson
gajus/eslint-plugin-jsdoc: BSD-3-Clause
  Copyright (c) 2018, Gajus Kuizinas (http://gajus.com/)
oxc-project/oxc: MIT
  Copyright (c) 2024-present VoidZero Inc. & Contributors
  Copyright (c) 2023 Boshen
prettier/prettier: MIT
  Copyright © James Long and contributors
biomejs/biome: MIT
  Copyright (c) 2023 Biome Developers and Contributors.
  Copyright (c) 2020-2023 Rome Tools is Rome Tools, Inc. and its affiliates.
postcss/postcss: MIT
  Copyright 2013 Andrey Sitnik <andrey@sitnik.es>
shellscape/postcss-less: MIT
  Copyright (c) 2013 Andrey Sitnik <andrey@sitnik.ru>
  Copyright (c) 2016 Denys Kniazevych <webschik@gmail.com>
  Copyright (c) 2016 Pat Sissons <patricksissons@gmail.com>
  Copyright (c) 2017 Andrew Powell <andrew@shellscape.org>
postcss/postcss-scss: MIT
  Copyright 2013 Andrey Sitnik <andrey@sitnik.ru>
postcss/postcss-selector-parser: MIT
  Copyright (c) Ben Briggs <beneb.info@gmail.com> (http://beneb.info)
dryoma/postcss-media-query-parser: MIT
  by dryoma; see https://github.com/dryoma/postcss-media-query-parser
TrySound/postcss-value-parser: MIT
  Copyright (c) Bogdan Chadkin <trysound@yandex.ru>
@trivago/prettier-plugin-sort-imports: Apache-2.0
  see https://github.com/trivago/prettier-plugin-sort-imports
@ianvs/prettier-plugin-sort-imports: Apache-2.0
  see https://github.com/ianvs/prettier-plugin-sort-imports
simonhaenisch/prettier-plugin-organize-imports: MIT
  Copyright (c) Simon Hänisch
@babel/generator: MIT
  Copyright (c) 2014-present Sebastian McKenzie and other contributors
keithamus/sort-package-json: MIT
  Copyright (c) 2015 Keith Cirkel
jest-docblock: MIT
  Copyright (c) Meta Platforms, Inc. and affiliates.
  Copyright Contributors to the Jest project.
mathiasbynens/emoji-regex: MIT
  Copyright Mathias Bynens <https://mathiasbynens.be/>
sindresorhus/get-east-asian-width: MIT
  Copyright (c) Sindre Sorhus <sindresorhus@gmail.com> (https://sindresorhus.com)
sveltejs/prettier-plugin-svelte: MIT
  Copyright (c) 2019 Contributors (https://github.com/sveltejs/prettier-plugin-svelte/graphs/contributors)
`;
