/*
 * A load client for echo servers: one thread, epoll, and every byte that comes
 * back is verified. Prints one line of JSON.
 *
 *   load <mode> <port> [--connections N] [--size BYTES] [--pipeline N]
 *        [--seconds S] [--warmup S] [--rate N] [--udp] [--websocket] [--wait]
 *
 *   echo         messages go back and forth
 *   connect      connect, echo, close, and again
 *   idle         each connection echoes one message, and then stays until stdin ends
 *   never-read   one connection that sends for ever and reads nothing
 *   percentiles  of nanoseconds on stdin, to test the histogram; needs no port
 *
 * With --wait it prints "ready" after the warm-up, and waits for a line on
 * stdin before it begins, so that the caller can look at the server at rest;
 * after its result it stays connected until stdin ends.
 *
 * Exit codes: 1 the connection failed or stalled, 2 wrong usage, 3 a wrong byte.
 */
#include "load.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void misuse(const char *what) {
  fprintf(stderr, "cannot use %s\n", what);
  exit(USAGE);
}

static void read_flags(struct options *options, int count, char **words) {
  for (int i = 0; i < count; i++) {
    const char *name = words[i];
    if (strcmp(name, "--udp") == 0) options->udp = true;
    else if (strcmp(name, "--websocket") == 0) options->websocket = true;
    else if (strcmp(name, "--wait") == 0) options->wait = true;
    else if (i + 1 == count) misuse(name);
    else {
      double value = atof(words[++i]);
      if (strcmp(name, "--connections") == 0) options->connections = (int)value;
      else if (strcmp(name, "--size") == 0) options->size = (size_t)value;
      else if (strcmp(name, "--pipeline") == 0) options->pipeline = (int)value;
      else if (strcmp(name, "--seconds") == 0) options->seconds = value;
      else if (strcmp(name, "--warmup") == 0) options->warmup = value;
      else if (strcmp(name, "--rate") == 0) options->rate = value;
      else misuse(name);
    }
  }
  if (options->connections < 1) misuse("fewer than one connection");
  if (options->pipeline < 1) misuse("fewer than one message at a time");
  if (options->size < 1 || options->size > LONGEST) misuse("this size");
  if (options->websocket && options->size > 125) misuse("long frames");
  if (options->udp && options->size > 65507) misuse("long datagrams");
  if (options->udp && options->pipeline > 1) misuse("a pipeline of datagrams");
}

static void wait_for_end(void) {
  while (getchar() != EOF) {
  }
}

int play_idle(const struct options *options) {
  for (int i = 0; i < options->connections; i++) {
    greet(options, dial(options, 0, true), i, stream_of(i));
  }
  printf("{\"connections\":%d}\n", options->connections);
  fflush(stdout);
  wait_for_end();
  return 0;
}

int play_never_read(const struct options *options) {
  int fd = dial(options, 0, true);
  struct pollfd poller = {.fd = fd, .events = POLLOUT};
  bool has_said = false;
  for (;;) {
    ssize_t sent = send(fd, noise_at(0), CHUNK, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) continue;
    if (errno != EAGAIN) fail("send: %s", strerror(errno));
    if (!has_said) puts("ready");
    has_said = true;
    fflush(stdout);
    poll(&poller, 1, -1);
  }
}

int print_percentiles(void) {
  long long value;
  uint64_t count = 0;
  while (scanf("%lld", &value) == 1) {
    record(value);
    count++;
  }
  print_result(count, 0, 0);
  return 0;
}

int main(int count, char **words) {
  struct options options = {.connections = 1, .size = 64, .pipeline = 1, .seconds = 1};
  const char *mode = count > 1 ? words[1] : "no mode";
  if (strcmp(mode, "percentiles") == 0) return print_percentiles();
  if (count < 3) misuse(mode);
  options.port = atoi(words[2]);
  read_flags(&options, count - 3, words + 3);
  make_noise();
  if (strcmp(mode, "idle") == 0) return play_idle(&options);
  if (strcmp(mode, "never-read") == 0) return play_never_read(&options);
  if (strcmp(mode, "echo") == 0) play_echo(&options);
  else if (strcmp(mode, "connect") == 0) play_connect(&options);
  else misuse(mode);
  if (options.wait) wait_for_end();
  return 0;
}
