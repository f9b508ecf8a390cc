/* The load client: what its parts share. */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the client is asked to do. */
struct options {
  int port;
  int connections;
  /* Bytes of a message. */
  size_t size;
  /* Messages on their way at a time, on each connection. */
  int pipeline;
  /* How long it measures, and how long it plays before that. */
  double seconds;
  double warmup;
  /* Messages a second on each connection; 0: as fast as they come back. */
  double rate;
  bool udp;
  bool websocket;
  /* Whether the caller says when to measure and when to leave. */
  bool wait;
};

/* The longest message. */
#define LONGEST ((size_t)1 << 20)
/* Bytes that are read at a time. */
#define CHUNK ((size_t)256 << 10)
/* Exit codes. */
enum { FAILED = 1, USAGE = 2, WRONG_BYTE = 3 };

/* util.c */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
int64_t now_ns(void);
void make_noise(void);
/* Bytes that stand at a place in the stream of a connection: CHUNK or LONGEST of them. */
const char *noise_at(uint64_t offset);
/* Ends the program unless these bytes are those of the stream. */
void verify(int connection, uint64_t offset, const char *data, size_t length);
/* Tells the caller, and waits for a line from it. */
void say_and_wait(const struct options *options, const char *line);
struct epoll_event;
/* Waits for events, as epoll_wait does; ends the program if there are none in time. */
int await_events(int poller, struct epoll_event *events, int most, int patience_ms);

/* dial.c */
/* Opens a socket that blocks; `source` picks an address of 127.0.0.0/8, 0 none. */
int dial(const struct options *options, unsigned source, bool is_blocking);
/* Writes and reads a few bytes from the start of a connection's stream. */
uint64_t greet(const struct options *options, int fd, int connection, uint64_t base);
void upgrade(int fd);
uint64_t stream_of(int connection);

/* histogram.c */
void record(int64_t nanoseconds);
void forget_records(void);
/* The value that a share of the records does not exceed, in microseconds. */
double percentile(double share);

/* The modes. */
int play_echo(const struct options *options);
int play_connect(const struct options *options);
int play_idle(const struct options *options);
int play_never_read(const struct options *options);
int print_percentiles(void);
void print_result(uint64_t echoes, uint64_t bytes, int64_t nanoseconds);

#endif
