/* Connections that begin, echo one message and end, so many at a time. */
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 5000

struct visit {
  int fd;
  int number;
  bool is_sent;
  size_t received;
  int64_t begun;
};

static const struct options *options;
static int poller;
static bool is_stopping;
static uint64_t begun, done;

static void begin(struct visit *visit) {
  visit->begun = now_ns();
  visit->is_sent = false;
  visit->received = 0;
  visit->fd = dial(options, (unsigned)(begun++ % 250), false);
  struct epoll_event event = {.events = EPOLLOUT, .data.ptr = visit};
  epoll_ctl(poller, EPOLL_CTL_ADD, visit->fd, &event);
}

static void send_message(struct visit *visit) {
  const char *data = noise_at(stream_of(visit->number));
  ssize_t length = send(visit->fd, data, options->size, MSG_NOSIGNAL);
  if (length != (ssize_t)options->size) fail("send: %s", strerror(errno));
  visit->is_sent = true;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = visit};
  epoll_ctl(poller, EPOLL_CTL_MOD, visit->fd, &event);
}

static void receive(struct visit *visit) {
  char buffer[16384];
  ssize_t length = recv(visit->fd, buffer, sizeof buffer, 0);
  if (length < 0) fail("recv: %s", strerror(errno));
  if (length == 0) {
    if (visit->received < options->size) fail("the server ended a connection");
    close(visit->fd);
    record(now_ns() - visit->begun);
    done++;
    if (!is_stopping) begin(visit);
    return;
  }
  if (visit->received + (size_t)length > options->size) fail("more came back than was sent");
  verify(visit->number, stream_of(visit->number) + visit->received, buffer, (size_t)length);
  visit->received += (size_t)length;
  /* The server's FIN is the answer to this one. */
  if (visit->received == options->size) shutdown(visit->fd, SHUT_WR);
}

static void turn(void) {
  struct epoll_event events[64];
  int count = await_events(poller, events, 64, PATIENCE_MS);
  for (int i = 0; i < count; i++) {
    struct visit *visit = events[i].data.ptr;
    if (visit->is_sent) receive(visit);
    else send_message(visit);
  }
}

static int64_t play(struct visit *visits, double seconds) {
  int64_t start = now_ns();
  int64_t end = start + (int64_t)(seconds * 1e9);
  is_stopping = false;
  begun = done = 0;
  forget_records();
  for (int i = 0; i < options->connections; i++) begin(&visits[i]);
  while (now_ns() < end) turn();
  is_stopping = true;
  while (done < begun) turn();
  return now_ns() - start;
}

int play_connect(const struct options *asked) {
  options = asked;
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct visit *visits = calloc((size_t)options->connections, sizeof *visits);
  if (!visits) fail("out of memory");
  for (int i = 0; i < options->connections; i++) visits[i].number = i;
  if (options->warmup > 0) play(visits, options->warmup);
  say_and_wait(options, "ready");
  int64_t taken = play(visits, options->seconds);
  print_result(done, done * options->size, taken);
  return 0;
}
