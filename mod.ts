/**
 * echod as a library: an echo server inside a test suite or another program.
 *
 * @module
 */

export {};
