/*
 * The reference: an echo server of one thread, with epoll and one buffer of
 * 64 KiB for all connections. With the argument "udp" it echoes datagrams.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER (64 << 10)

struct connection {
  int fd;
  /* What the kernel has not taken yet. */
  char *pending;
  size_t from, until;
};

static char buffer[BUFFER];
static int poller;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int listen_on_loopback(int type) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t length = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, type, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) < 0) fail("bind");
  if (type != SOCK_DGRAM && listen(fd, 4096) < 0) fail("listen");
  getsockname(fd, (struct sockaddr *)&address, &length);
  fprintf(stderr, "listening url=%s://127.0.0.1:%d\n", type == SOCK_DGRAM ? "udp" : "tcp",
          ntohs(address.sin_port));
  return fd;
}

static void watch(struct connection *connection, int operation, unsigned events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(poller, operation, connection->fd, &event) < 0) fail("epoll_ctl");
}

static void end(struct connection *connection) {
  close(connection->fd);
  free(connection->pending);
  free(connection);
}

static void accept_all(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection) fail("calloc");
    connection->fd = fd;
    watch(connection, EPOLL_CTL_ADD, EPOLLIN);
  }
}

static void keep(struct connection *connection, const char *data, size_t length) {
  connection->pending = malloc(length);
  if (!connection->pending) fail("malloc");
  memcpy(connection->pending, data, length);
  connection->from = 0;
  connection->until = length;
  watch(connection, EPOLL_CTL_MOD, EPOLLOUT);
}

static void echo(struct connection *connection) {
  ssize_t length = recv(connection->fd, buffer, BUFFER, 0);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) return end(connection);
  ssize_t sent = send(connection->fd, buffer, (size_t)length, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) return end(connection);
  if (sent < 0) sent = 0;
  if (sent < length) keep(connection, buffer + sent, (size_t)(length - sent));
}

static void send_rest(struct connection *connection) {
  size_t left = connection->until - connection->from;
  ssize_t sent = send(connection->fd, connection->pending + connection->from, left, MSG_NOSIGNAL);
  if (sent < 0 && errno == EAGAIN) return;
  if (sent < 0) return end(connection);
  connection->from += (size_t)sent;
  if (connection->from < connection->until) return;
  free(connection->pending);
  connection->pending = NULL;
  watch(connection, EPOLL_CTL_MOD, EPOLLIN);
}

static void serve_datagrams(void) {
  int fd = listen_on_loopback(SOCK_DGRAM);
  struct sockaddr_in source;
  for (;;) {
    socklen_t size = sizeof source;
    ssize_t length = recvfrom(fd, buffer, BUFFER, 0, (struct sockaddr *)&source, &size);
    if (length < 0) continue;
    sendto(fd, buffer, (size_t)length, 0, (struct sockaddr *)&source, size);
  }
}

int main(int count, char **words) {
  if (count > 1 && strcmp(words[1], "udp") == 0) serve_datagrams();
  struct connection listener = {.fd = listen_on_loopback(SOCK_STREAM | SOCK_NONBLOCK)};
  poller = epoll_create1(0);
  watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
  for (;;) {
    struct epoll_event events[256];
    int ready = epoll_wait(poller, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      if (connection == &listener) accept_all(listener.fd);
      else if (connection->pending) send_rest(connection);
      else echo(connection);
    }
  }
}
