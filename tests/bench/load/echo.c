/* Messages that go back and forth on some connections, over TCP, UDP or WebSocket. */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define PATIENCE_MS 2000
/* Of paced messages, so many may be late. */
#define LATE 1024
/* Frames of up to 125 bytes: two bytes of header, four of mask from a client. */
#define HEADER 2
#define MASK 4

struct connection {
  int fd;
  int number;
  bool is_full;
  /* Where its stream begins. */
  uint64_t base;
  /* Bytes, of frames where there are any. */
  uint64_t sent;
  uint64_t received;
  /* Messages. */
  uint64_t begun;
  uint64_t done;
  /* When each message on its way began. */
  int64_t *times;
};

static const struct options *options;
static struct connection *connections;
static int poller;
static int timer = -1;
static uint64_t ring;
static bool is_stopping;
/* Messages begun, and messages come back. */
static uint64_t begun, done;
/* The next paced message, the time between two, and when there are no more. */
static int64_t due, interval, end;

static void watch(struct connection *connection, bool is_full) {
  struct epoll_event event = {.events = EPOLLIN | (is_full ? EPOLLOUT : 0)};
  event.data.ptr = connection;
  connection->is_full = is_full;
  if (epoll_ctl(poller, EPOLL_CTL_MOD, connection->fd, &event) < 0) {
    fail("epoll_ctl: %s", strerror(errno));
  }
}

static void send_frames(struct connection *connection) {
  static const char mask[MASK] = {0x5a, 0x13, 0x27, 0x3c};
  size_t size = options->size;
  char frame[HEADER + MASK + 125] = {(char)0x82, (char)(0x80 | size)};
  memcpy(frame + HEADER, mask, MASK);
  ssize_t length = (ssize_t)(HEADER + MASK + size);
  while (connection->sent < connection->begun) {
    const char *payload = noise_at(connection->base + connection->sent++ * size);
    for (size_t i = 0; i < size; i++) frame[HEADER + MASK + i] = payload[i] ^ mask[i & 3];
    if (send(connection->fd, frame, (size_t)length, MSG_NOSIGNAL) != length) {
      fail("send: %s", strerror(errno));
    }
  }
}

static void send_more(struct connection *connection) {
  if (options->websocket) return send_frames(connection);
  uint64_t until = connection->begun * options->size;
  while (connection->sent < until) {
    uint64_t left = until - connection->sent;
    const char *data = noise_at(connection->base + connection->sent);
    ssize_t part = send(connection->fd, data, left < LONGEST ? left : LONGEST, MSG_NOSIGNAL);
    if (part < 0 && errno == EAGAIN) {
      if (!connection->is_full) watch(connection, true);
      return;
    }
    if (part < 0) fail("send: %s", strerror(errno));
    connection->sent += (uint64_t)part;
  }
  if (connection->is_full) watch(connection, false);
}

static void begin(struct connection *connection, int64_t time) {
  if (connection->begun - connection->done == ring) fail("more than %d messages late", LATE);
  connection->times[connection->begun++ % ring] = time;
  begun++;
}

/* Ends the program if a frame is not what is to come back. */
static void verify_frames(struct connection *connection, const char *data, size_t length) {
  const char header[HEADER] = {(char)0x82, (char)options->size};
  size_t frame = HEADER + options->size;
  while (length > 0) {
    size_t at = connection->received % frame;
    size_t part = 1;
    if (at < HEADER) {
      if (*data != header[at]) fail("unexpected frame: byte %zu is %d", at, *data & 255);
    } else {
      uint64_t before = connection->received / frame * options->size;
      part = frame - at < length ? frame - at : length;
      verify(connection->number, connection->base + before + at - HEADER, data, part);
    }
    connection->received += part;
    data += part;
    length -= part;
  }
}

static void receive(struct connection *connection) {
  static char buffer[CHUNK];
  ssize_t length = recv(connection->fd, buffer, CHUNK, 0);
  if (length == 0) fail("the server ended a connection");
  if (length < 0) fail("recv: %s", strerror(errno));
  size_t frame = options->size;
  if (options->websocket) {
    frame += HEADER;
    verify_frames(connection, buffer, (size_t)length);
  } else {
    uint64_t offset = connection->base + connection->received;
    verify(connection->number, offset, buffer, (size_t)length);
    connection->received += (uint64_t)length;
  }
  if (connection->received < (connection->done + 1) * frame) return;
  int64_t now = now_ns();
  while (connection->received >= (connection->done + 1) * frame) {
    record(now - connection->times[connection->done++ % ring]);
    done++;
    if (!is_stopping && interval == 0) begin(connection, now);
  }
  if (connection->done > connection->begun) fail("more came back than was sent");
  send_more(connection);
}

static void set_timer(int64_t at) {
  struct itimerspec time = {.it_value = {.tv_sec = at / 1000000000, .tv_nsec = at % 1000000000}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &time, NULL);
}

/* Sends what is due; late messages count from when they were due. */
static void send_due(void) {
  static int next;
  while (due < end && due <= now_ns()) {
    struct connection *connection = &connections[next++ % options->connections];
    begin(connection, due);
    send_more(connection);
    due += interval;
  }
  set_timer(due < end ? due : end);
}

static void turn(void) {
  struct epoll_event events[64];
  int count = await_events(poller, events, 64, PATIENCE_MS);
  for (int i = 0; i < count; i++) {
    struct connection *connection = events[i].data.ptr;
    if (!connection) {
      send_due();
      continue;
    }
    if (events[i].events & EPOLLOUT) send_more(connection);
    if (events[i].events & ~(unsigned)EPOLLOUT) receive(connection);
  }
}

/* Plays for some time and until everything has come back; gives back how long that took. */
static int64_t play(double seconds) {
  int64_t start = now_ns();
  end = start + (int64_t)(seconds * 1e9);
  is_stopping = false;
  begun = done = 0;
  forget_records();
  if (interval > 0) {
    due = start;
    send_due();
  } else {
    for (int i = 0; i < options->connections; i++) {
      for (int m = 0; m < options->pipeline; m++) begin(&connections[i], now_ns());
      send_more(&connections[i]);
    }
  }
  while (now_ns() < end) turn();
  if (interval > 0) send_due();
  is_stopping = true;
  while (done < begun) turn();
  return now_ns() - start;
}

static void open_connection(int number) {
  struct connection *connection = &connections[number];
  uint64_t base = stream_of(number);
  connection->number = number;
  connection->fd = dial(options, 0, true);
  connection->times = calloc(ring, sizeof *connection->times);
  if (!connection->times) fail("out of memory");
  if (options->websocket) upgrade(connection->fd);
  else base = greet(options, connection->fd, number, base);
  connection->base = base;
  fcntl(connection->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event);
}

int play_echo(const struct options *asked) {
  options = asked;
  poller = epoll_create1(EPOLL_CLOEXEC);
  ring = (uint64_t)(options->rate > 0 ? LATE : options->pipeline);
  connections = calloc((size_t)options->connections, sizeof *connections);
  if (!connections) fail("out of memory");
  for (int i = 0; i < options->connections; i++) open_connection(i);
  if (options->rate > 0) {
    interval = (int64_t)(1e9 / options->rate / options->connections);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    epoll_ctl(poller, EPOLL_CTL_ADD, timer, &event);
  }
  if (options->warmup > 0) play(options->warmup);
  say_and_wait(options, "ready");
  int64_t taken = play(options->seconds);
  print_result(done, done * options->size, taken);
  return 0;
}
