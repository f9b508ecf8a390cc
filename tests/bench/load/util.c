/* The load client: time, the bytes that it sends, and what it says. */
#include "load.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

/* A prime, so that no power of two in the sizes lets streams look alike. */
#define PERIOD 1048573

static char *noise;

void fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vfprintf(stderr, format, values);
  va_end(values);
  fputc('\n', stderr);
  exit(FAILED);
}

int64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void make_noise(void) {
  noise = malloc(PERIOD + LONGEST);
  if (!noise) fail("out of memory");
  uint64_t state = 88172645463325252u;
  for (size_t i = 0; i < PERIOD; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    noise[i] = (char)(state >> 32);
  }
  for (size_t i = PERIOD; i < PERIOD + LONGEST; i++) noise[i] = noise[i - PERIOD];
}

const char *noise_at(uint64_t offset) { return noise + offset % PERIOD; }

uint64_t stream_of(int connection) { return (uint64_t)connection * 7919; }

void verify(int connection, uint64_t offset, const char *data, size_t length) {
  const char *expected = noise_at(offset);
  if (memcmp(data, expected, length) == 0) return;
  size_t i = 0;
  while (data[i] == expected[i]) i++;
  fprintf(stderr, "wrong byte on connection %d: expected %d, got %d\n", connection,
          (unsigned char)expected[i], (unsigned char)data[i]);
  exit(WRONG_BYTE);
}

void say_and_wait(const struct options *options, const char *line) {
  if (!options->wait) return;
  printf("%s\n", line);
  fflush(stdout);
  /* Whoever has gone needs no result. */
  for (int c = getchar(); c != '\n'; c = getchar()) {
    if (c == EOF) exit(0);
  }
}

void print_result(uint64_t echoes, uint64_t bytes, int64_t nanoseconds) {
  printf("{\"echoes\":%llu,\"bytes\":%llu,\"seconds\":%.6f,\"p50Micros\":%.2f,\"p99Micros\":%.2f}\n",
         (unsigned long long)echoes, (unsigned long long)bytes, (double)nanoseconds / 1e9,
         percentile(0.5), percentile(0.99));
  fflush(stdout);
}

int await_events(int poller, struct epoll_event *events, int most, int patience_ms) {
  int count = epoll_wait(poller, events, most, patience_ms);
  if (count < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
  if (count == 0) fail("stalled: nothing came back for %d ms", patience_ms);
  return count;
}
