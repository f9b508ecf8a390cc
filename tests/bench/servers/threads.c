/* The simplest fast server: a thread a connection, each with 64 KiB. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER (64 << 10)

static void *echo(void *argument) {
  int fd = (int)(intptr_t)argument;
  char buffer[BUFFER];
  ssize_t length;
  while ((length = recv(fd, buffer, BUFFER, 0)) > 0) {
    /* A socket that blocks takes all, unless it fails. */
    if (send(fd, buffer, (size_t)length, MSG_NOSIGNAL) < length) break;
  }
  close(fd);
  return NULL;
}

int main(void) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t length = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 4096) < 0) {
    perror("listen");
    return 1;
  }
  getsockname(listener, (struct sockaddr *)&address, &length);
  fprintf(stderr, "listening url=tcp://127.0.0.1:%d\n", ntohs(address.sin_port));
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 2 * BUFFER);
  for (;;) {
    int on = 1;
    pthread_t thread;
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (pthread_create(&thread, &attributes, echo, (void *)(intptr_t)fd) != 0) close(fd);
  }
}
