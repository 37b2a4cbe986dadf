"""Runs a command in a pseudo-terminal of 100 columns and 40 rows: what comes on stdin is typed, what stands on the screen goes to stdout."""
import fcntl, os, pty, select, signal, struct, sys, termios

pid, screen = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGKILL))
watched = [screen, 0]
while True:
    for ready in select.select(watched, [], [])[0]:
        try:
            data = os.read(ready, 65536)
        except OSError:
            data = b""
        if ready == screen and not data:
            status = os.waitpid(pid, 0)[1]
            sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
        if ready == screen:
            os.write(1, data)
        elif data:
            os.write(screen, data)
        else:
            # Without its test the terminal is hung up.
            os.kill(pid, signal.SIGKILL)
            watched.remove(0)
