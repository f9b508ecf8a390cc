/* The load client: how its connections begin. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* The first bytes of a connection must fit into every buffer on their way. */
#define GREETING 64
#define PATIENCE_S 5

int dial(const struct options *options, unsigned source, bool is_blocking) {
  int type = (options->udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC;
  int fd = socket(AF_INET, type | (is_blocking ? 0 : SOCK_NONBLOCK), 0);
  if (fd < 0) fail("socket: %s", strerror(errno));
  int on = 1;
  if (!options->udp) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct timeval patience = {.tv_sec = PATIENCE_S};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  struct sockaddr_in address = {.sin_family = AF_INET};
  if (source > 0) {
    /* One address alone would run out of ports. */
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + source % 250);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
      fail("bind: %s", strerror(errno));
    }
  }
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons((uint16_t)options->port);
  int failed = connect(fd, (struct sockaddr *)&address, sizeof address);
  if (failed && errno != EINPROGRESS) fail("connect: %s", strerror(errno));
  if (failed && is_blocking) fail("connect: not within %d s", PATIENCE_S);
  return fd;
}

static void receive_all(int fd, char *data, size_t length) {
  for (size_t got = 0; got < length;) {
    ssize_t part = recv(fd, data + got, length - got, 0);
    if (part == 0) fail("the server ended a connection");
    if (part < 0) fail("recv: %s", strerror(errno));
    got += (size_t)part;
  }
}

static void send_all(int fd, const char *data, size_t length) {
  if (send(fd, data, length, MSG_NOSIGNAL) != (ssize_t)length) fail("send: %s", strerror(errno));
}

uint64_t greet(const struct options *options, int fd, int connection, uint64_t base) {
  char answer[GREETING];
  size_t length = options->size < GREETING ? options->size : GREETING;
  send_all(fd, noise_at(base), length);
  receive_all(fd, answer, length);
  verify(connection, base, answer, length);
  return base + length;
}

void upgrade(int fd) {
  /* The key and its answer of RFC 6455, section 1.3. */
  static const char request[] =
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  char answer[4096] = "";
  send_all(fd, request, sizeof request - 1);
  size_t length = 0;
  while (length < 4 || memcmp(answer + length - 4, "\r\n\r\n", 4) != 0) {
    if (length == sizeof answer - 1) fail("a long answer: %s", answer);
    receive_all(fd, answer + length++, 1);
  }
  bool is_upgraded = strncmp(answer, "HTTP/1.1 101 ", 13) == 0;
  if (!is_upgraded || !strstr(answer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) {
    fail("no WebSocket: %s", answer);
  }
}
