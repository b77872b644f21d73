#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Loaded before the C library: the n-th call that concerns a file below a folder fails, or kills the process. */
static char under[4096];
static long at, seen;
static int code;

/* A positive error is what the call reports; a negative one is the signal that ends the process in its stead. */
void fault_arm(const char *folder, long call, int error) {
    snprintf(under, sizeof under, "%s", folder);
    at = call; seen = 0; code = error;
}
long fault_seen(void) { return seen; }

/* From now on no file below the folder can be locked, and the clock is some seconds off. */
static int lock_error;
static long seconds_off;
void fault_locks(int error) { lock_error = error; }
void fault_clock(long seconds) { seconds_off = seconds; }

static int is_below(const char *path) { return under[0] && path && !strncmp(path, under, strlen(under)); }
static int is_below_in(int fd, const char *name) {
    char link[64], path[8192];
    if (name && name[0] == '/') return is_below(name);
    if (!under[0]) return 0;
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(fd == AT_FDCWD ? "/proc/self/cwd" : link, path, 4095);
    errno = saved;
    if (length < 0) return 0;
    snprintf(path + length, sizeof path - length, "/%s", name ? name : "");
    return is_below(path);
}
static int is_next(const char *path) { return is_below(path) && ++seen == at; }
static int is_next_in(int fd, const char *name) { return is_below_in(fd, name) && ++seen == at; }
static int failed(void) {
    if (code < 0) kill(getpid(), -code);
    errno = code;
    return -1;
}
#define NEXT(name) static __typeof__(&name) next; if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define CALL(type, name, parameters, arguments, condition, result) type name parameters { \
    NEXT(name); return condition ? (failed(), (type)result) : next arguments; }

#define OPEN(name) int name(const char *path, int flags, ...) { \
    NEXT(name); va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list); \
    return is_next(path) ? failed() : next(path, flags, mode); }
OPEN(open)
OPEN(open64)
#define OPEN_AT(name) int name(int fd, const char *path, int flags, ...) { \
    NEXT(name); va_list list; va_start(list, flags); mode_t mode = va_arg(list, mode_t); va_end(list); \
    return is_next_in(fd, path) ? failed() : next(fd, path, flags, mode); }
OPEN_AT(openat)
OPEN_AT(openat64)
#define PATH_CALL(type, name, parameters, arguments, result) CALL(type, name, parameters, arguments, is_next(path), result)
PATH_CALL(FILE *, fopen, (const char *path, const char *mode), (path, mode), 0)
PATH_CALL(FILE *, fopen64, (const char *path, const char *mode), (path, mode), 0)
PATH_CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
PATH_CALL(int, rmdir, (const char *path), (path), -1)
PATH_CALL(int, unlink, (const char *path), (path), -1)
PATH_CALL(int, rename, (const char *path, const char *to), (path, to), -1)
CALL(int, unlinkat, (int fd, const char *path, int flags), (fd, path, flags), is_next_in(fd, path), -1)

#define FD_CALL(type, name, parameters, arguments) CALL(type, name, parameters, arguments, is_next_in(fd, 0), -1)
FD_CALL(int, fsync, (int fd), (fd))
FD_CALL(int, fdatasync, (int fd), (fd))
FD_CALL(int, ftruncate, (int fd, off_t length), (fd, length))
FD_CALL(int, ftruncate64, (int fd, off64_t length), (fd, length))
FD_CALL(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
FD_CALL(ssize_t, sendfile64, (int fd, int from, off64_t *offset, size_t count), (fd, from, offset, count))
CALL(size_t, fwrite, (const void *bytes, size_t size, size_t count, FILE *file), (bytes, size, count, file),
     is_next_in(fileno(file), 0), 0)
/* A process that is killed has written the first half. */
#define WRITE(name, parameters, arguments, half) ssize_t name parameters { \
    NEXT(name); if (!is_next_in(fd, 0)) return next arguments; \
    if (code < 0) (void)!next half; \
    return failed(); }
WRITE(write, (int fd, const void *bytes, size_t count), (fd, bytes, count), (fd, bytes, count / 2))
WRITE(pwrite, (int fd, const void *bytes, size_t count, off_t offset), (fd, bytes, count, offset),
      (fd, bytes, count / 2, offset))
WRITE(pwrite64, (int fd, const void *bytes, size_t count, off64_t offset), (fd, bytes, count, offset),
      (fd, bytes, count / 2, offset))
CALL(void *, mmap, (void *address, size_t length, int protection, int flags, int fd, off_t offset),
     (address, length, protection, flags, fd, offset), (fd >= 0 && is_next_in(fd, 0)), MAP_FAILED)
CALL(void *, mmap64, (void *address, size_t length, int protection, int flags, int fd, off64_t offset),
     (address, length, protection, flags, fd, offset), (fd >= 0 && is_next_in(fd, 0)), MAP_FAILED)

#define LOCK(name) int name(int fd, int command, ...) { \
    NEXT(name); va_list list; va_start(list, command); void *argument = va_arg(list, void *); va_end(list); \
    int locks = command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK; \
    return lock_error && locks && is_below_in(fd, 0) ? (errno = lock_error, -1) : next(fd, command, argument); }
LOCK(fcntl)
LOCK(fcntl64)
int flock(int fd, int operation) {
    NEXT(flock);
    return lock_error && is_below_in(fd, 0) ? (errno = lock_error, -1) : next(fd, operation);
}
int clock_gettime(clockid_t clock, struct timespec *time) {
    NEXT(clock_gettime);
    int result = next(clock, time);
    if (!result && clock == CLOCK_REALTIME) time->tv_sec += seconds_off;
    return result;
}
