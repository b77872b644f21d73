#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* Loaded before the C library: the n-th call that concerns a file below a folder fails. */
static char under[4096];
static long at, seen;
static int code;

void fault_arm(const char *folder, long call, int error) {
    snprintf(under, sizeof under, "%s", folder);
    at = call; seen = 0; code = error;
}
long fault_seen(void) { return seen; }

static int fails(const char *path) {
    if (!under[0] || !path || strncmp(path, under, strlen(under))) return 0;
    if (++seen != at) return 0;
    errno = code;
    return 1;
}
static int fails_fd(int fd) {
    char link[64], path[4096];
    if (!under[0]) return 0;
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = saved;
    if (length < 0) return 0;
    path[length] = 0;
    return fails(path);
}
#define NEXT(name) static __typeof__(&name) next; if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define OPEN(name) int name(const char *path, int flags, ...) { \
    NEXT(name); va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list); \
    return fails(path) ? -1 : next(path, flags, mode); }
OPEN(open)
OPEN(open64)
#define PATH_CALL(name, parameters, arguments) int name parameters { NEXT(name); return fails(path) ? -1 : next arguments; }
PATH_CALL(mkdir, (const char *path, mode_t mode), (path, mode))
PATH_CALL(unlink, (const char *path), (path))
PATH_CALL(rename, (const char *path, const char *to), (path, to))
#define FD_CALL(type, name, parameters, arguments) type name parameters { NEXT(name); return fails_fd(fd) ? -1 : next arguments; }
FD_CALL(ssize_t, write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
FD_CALL(ssize_t, pwrite, (int fd, const void *bytes, size_t count, off_t offset), (fd, bytes, count, offset))
FD_CALL(ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t offset), (fd, bytes, count, offset))
FD_CALL(int, fsync, (int fd), (fd))
FD_CALL(int, fdatasync, (int fd), (fd))
FD_CALL(int, ftruncate, (int fd, off_t length), (fd, length))
FD_CALL(int, ftruncate64, (int fd, off64_t length), (fd, length))
