/**
 * The libraries that Bun alone links, in the form of
 * {@linkcode readComponents}: what its LICENSE.md lists and, at the end, what
 * it does not. For WebKit, these are the holders that Debian's package names.
 *
 * @module
 */

/** The components. */
export const BUN_LIBRARIES = `
oven-sh/WebKit: LGPL-2.1-only, LGPL-2.0-only, BSD-2-Clause, BSD-3-Clause, BSL-1.0, ISC, MIT, MPL-2.0
  Copyright (C) 1996 David Mazieres
  Copyright (C) 1999-2001, 2004 Harri Porten
  Copyright (C) 2001 Peter Kelly
  Copyright (C) 2003-2026 Apple Inc
  Copyright (C) 2005-2024 Google Inc
  Copyright (C) 2006-2008, 2010-2012, 2019 the V8 project authors
  Copyright (C) 2007-2009 Torch Mobile Inc
  Copyright (C) 2008 Damien Miller
  Copyright (C) 2008, 2012 Nokia
  Copyright (C) 2010-2012 Research In Motion Limited
  Copyright (C) 2010-2014 University of Szeged
  Copyright (C) 2012-2013 Samsung Electronics
  Copyright (C) 2013-2025 Igalia S.L.
  Copyright (C) 2015 Edouard Alligand and Joel Falcou
  Copyright (C) 2015-2023 Yusuke Suzuki
  Copyright (C) 2016-2025 Sony Interactive Entertainment
  Copyright (C) 2017 Mozilla Foundation
  Copyright (c) 2014-2024 Florian Bernd
  Copyright (c) 2014-2024 Joel Höner
  see also the files of https://github.com/oven-sh/WebKit
oven-sh/boringssl: Apache-2.0
  Copyright 1995-2018 The OpenSSL Project Authors. All Rights Reserved.
  Copyright 2009 The Go Authors. All rights reserved.
  Copyright 2014 The BoringSSL Authors
  Copyright 2015-2020 the fiat-crypto authors (see the AUTHORS file)
google/brotli: MIT
  Copyright (c) 2009, 2010, 2013-2016 by the Brotli Authors.
libarchive/libarchive: BSD-2-Clause, BSD-3-Clause
  The libarchive distribution as a whole is Copyright by Tim Kientzle
  Copyright (c) 2003-2011 Tim Kientzle
  Copyright (c) 2009-2012 Michihiro NAKAJIMA
  Copyright (c) 2008 Joerg Sonnenberger
  Copyright (c) 2016 Martin Matuska
  Copyright (c) 1985, 1986, 1992, 1993 The Regents of the University of California. All rights reserved.
  see also the files of https://github.com/libarchive/libarchive
cloudflare/lol-html: BSD-3-Clause
  Copyright (C) 2019, Cloudflare, Inc.
litespeedtech/ls-hpack: MIT
  Copyright (c) 2018 - 2023 LiteSpeed Technologies Inc
litespeedtech/ls-qpack: MIT
  Copyright (c) 2018 - 2026 LiteSpeed Technologies Inc
litespeedtech/lsquic: MIT, BSD-3-Clause
  Copyright (c) 2017 - 2026 LiteSpeed Technologies Inc
  Copyright 2015 The Chromium Authors. All rights reserved.
microsoft/mimalloc: MIT
  Copyright (c) 2018-2025 Microsoft Corporation, Daan Leijen
h2o/picohttpparser: MIT
  Copyright (c) 2009-2014 Kazuho Oku, Tokuhiro Matsuno, Daisuke Murase, Shigeo Mitsunari
TinyCC/tinycc: LGPL-2.1-only
  Copyright (c) 2001-2004 Fabrice Bellard
uNetworking/uSockets: Apache-2.0
  Authored by Alex Hultman, 2018-2019. Intellectual property of third-party.
uNetworking/uWebSockets: Apache-2.0
  Authored by Alex Hultman, 2018-2020. Intellectual property of third-party.
zlib-ng/zlib-ng: Zlib
  (C) 1995-2024 Jean-loup Gailly and Mark Adler
c-ares/c-ares: MIT
  Copyright (c) 1998 Massachusetts Institute of Technology
  Copyright (c) 2007 - 2023 Daniel Stenberg with many contributors, see AUTHORS file.
aklomp/base64: BSD-2-Clause
  Copyright (c) 2005-2007, Nick Galbreath
  Copyright (c) 2015-2018, Wojciech Muła
  Copyright (c) 2016-2017, Matthieu Darbois
  Copyright (c) 2013-2022, Alfred Klomp
libuv/libuv: MIT, BSD-2-Clause, ISC
  Copyright (c) 2015-present libuv project contributors.
  Copyright Joyent, Inc. and other Node contributors. All rights reserved.
  tree.h (from FreeBSD), copyright Niels Provos.
  inet_pton and inet_ntop implementations, copyright the Internet Systems Consortium, Inc.
libjpeg-turbo/libjpeg-turbo: BSD-3-Clause, IJG, Zlib
  This software is based in part on the work of the Independent JPEG Group.
  This software is copyright (C) 1991-2020, Thomas G. Lane, Guido Vollbeding.
  Copyright (C) 1991-2026 The libjpeg-turbo Project and many others
  Copyright (C) 2009-2026 D. R. Commander
  Copyright (C) 2018-2023 Randy <randy408@protonmail.com>
  Copyright (C) 1999-2006, MIYASAKA Masaru.
  Copyright 2009, 2012 Pierre Ossman <ossman@cendio.se> for Cendio AB
randy408/libspng: BSD-2-Clause
  Copyright (c) 2018-2023, Randy <randy408@protonmail.com>
webmproject/libwebp: BSD-3-Clause
  Copyright (c) 2010, Google Inc. All rights reserved.
jacobsandlund/uucode: MIT, Unicode-3.0
  Copyright (c) 2026 Jacob Sandlund
  Copyright (c) 2008-2009 Bjoern Hoehrmann <bjoern@hoehrmann.de>
  Copyright © 1991-2025 Unicode, Inc.
tigerbeetle/tigerbeetle: Apache-2.0
  see https://github.com/tigerbeetle/tigerbeetle/blob/main/LICENSE
evanw/esbuild: MIT
  Copyright (c) 2020 Evan Wallace
nodejs/llhttp: MIT
  Copyright © 2018 Fedor Indutny
HdrHistogram/HdrHistogram_c: BSD-2-Clause
  Copyright (c) 2012, 2013, 2014 Gil Tene
  Copyright (c) 2014 Michael Barker
  Copyright (c) 2014 Matt Warren
  Copyright (c) 2015 Philip Orwig
  All rights reserved.
parcel-bundler/lightningcss: MPL-2.0
  see https://github.com/parcel-bundler/lightningcss
servo/servo: MPL-2.0
  see https://github.com/servo/servo
facebook/react: MIT
  Copyright (c) Meta Platforms, Inc. and affiliates.
`;
