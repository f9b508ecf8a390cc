/**
 * The largest of what Deno alone is made of, in the form of
 * {@linkcode readComponents}: nobody has written down all.
 *
 * @module
 */

/** The components. */
export const DENO_LIBRARIES = `
denoland/rusty_v8: MIT
  Copyright (c) 2018-2019 the Deno authors
v8/v8: BSD-3-Clause
  Copyright 2014, the V8 project authors. All rights reserved.
  Copyright (c) 1994-2006 Sun Microsystems Inc. All Rights Reserved.
  see also https://github.com/v8/v8/blob/main/LICENSE
abseil/abseil-cpp: Apache-2.0
  Copyright 2017 The Abseil Authors
jk-jeon/dragonbox: Apache-2.0
  Copyright 2020-2025 Junekey Jeon
fastfloat/fast_float: MIT
  Copyright (c) 2021 The fast_float authors
Maratyszcza/FP16: MIT
  Copyright (c) 2017 Facebook Inc.
  Copyright (c) 2017 Georgia Institute of Technology
  Copyright 2019 Google LLC
tokio-rs/tokio: MIT
  Copyright (c) Tokio Contributors
hyperium/hyper: MIT
  Copyright (c) 2014-2026 Sean McArthur
rustls/rustls: Apache-2.0, ISC, MIT
  Copyright (c) 2016 Joseph Birr-Pixton <jpixton@gmail.com>
aws/aws-lc: Apache-2.0, ISC, OpenSSL, MIT, BSD-3-Clause
  Copyright Amazon.com, Inc. or its affiliates. All Rights Reserved.
  Copyright (c) 1998-2011 The OpenSSL Project. All rights reserved.
  Copyright (C) 1995-1998 Eric Young (eay@cryptsoft.com) All rights reserved.
  Copyright (c) 2015, Google Inc.
  Copyright (c) 2015-2016 the fiat-crypto authors (see https://github.com/mit-plv/fiat-crypto/blob/master/AUTHORS).
  Copyright (C) 2017 - 2021, Stephan Mueller <smueller@chronox.de>
swc-project/swc: Apache-2.0
  Copyright 2024 SWC contributors.
libffi/libffi: MIT
  libffi - Copyright (c) 1996-2026 Anthony Green, Red Hat, Inc and others.
dropbox/rust-brotli: MIT, BSD-3-Clause
  Copyright (c) 2009, 2010, 2013-2016 by the Brotli Authors.
  Copyright (c) 2016 Dropbox, Inc.
madler/zlib: Zlib
  (C) 1995-2024 Jean-loup Gailly and Mark Adler
tukaani-project/xz: 0BSD
  Copyright (C) The XZ Utils authors and contributors
mm2/Little-CMS: MIT
  Copyright (c) 2023 Marti Maria Saguer
`;
