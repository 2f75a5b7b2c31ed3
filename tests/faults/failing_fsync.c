/* Preloaded into PostgreSQL: while the file that FSYNC_FAILS names is there, the next fsync fails, and takes it away. */

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int synced(long call, int file) {
    const char *trigger = getenv("FSYNC_FAILS");
    if (trigger != NULL && unlink(trigger) == 0) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(call, file);
}

int fsync(int file) { return synced(SYS_fsync, file); }

int fdatasync(int file) { return synced(SYS_fdatasync, file); }
