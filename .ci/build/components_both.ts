/**
 * What both Bun and Deno have inside, in the form of
 * {@linkcode readComponents}.
 *
 * @module
 */

/** The components. */
export const BOTH_LIBRARIES = `
facebook/zstd: BSD-3-Clause
  Copyright (c) Meta Platforms, Inc. and affiliates. All rights reserved.
simdutf/simdutf: Apache-2.0
  Copyright 2020 The simdutf authors
unicode-org/icu: Unicode-3.0, ICU, BSD-2-Clause, BSD-3-Clause, NAIST-2003
  Copyright © 2016-2025 Unicode, Inc.
  Copyright (c) 1995-2016 International Business Machines Corporation and others
  Copyright (C) 2006-2008, Google Inc.
  Copyright (c) 1999 TaBE Project.
  Copyright (c) 1999 Pai-Hsiang Hsiao.
  Copyright (c) 1999 Computer Systems and Communication Lab, Institute of Information Science, Academia Sinica.
  Copyright 1996 Chih-Hao Tsai @ Beckman Institute, University of Illinois
  Copyright (C) 2013 Brian Eugene Wilson, Robert Martin Campbell.
  Copyright (c) 2013, LeRoy Benjamin Sharon
  Copyright 2006-2011, the V8 project authors. All rights reserved.
ebiggers/libdeflate: MIT
  Copyright 2016 Eric Biggers
  Copyright 2024 Google LLC
google/highway: Apache-2.0, BSD-3-Clause
  Copyright (c) The Highway Project Authors. All rights reserved.
llvm/llvm-project: Apache-2.0
  Part of the LLVM Project, under the Apache License v2.0 with LLVM Exceptions.
  see https://llvm.org/LICENSE.txt
rust-lang/rust: MIT, Apache-2.0
  Copyright The Rust Project Developers (see https://thanks.rust-lang.org)
nodejs/node: MIT
  Copyright Node.js contributors. All rights reserved.
  Copyright Joyent, Inc. and other Node contributors. All rights reserved.
sqlite/sqlite: blessing
  The author disclaims copyright to this source code.
`;
