/** One Ctrl-C can arrive twice: from the terminal, and forwarded by npm. */
const SAME_REQUEST_MS = 500;
const PARENT_CHECK_MS = 500;

/**
 * Resolves on the first SIGINT, SIGTERM or SIGHUP, and calls `onSecond` on a later one. Under npm it
 * also resolves when npm ends, because npm's shell does not forward SIGTERM.
 */
export function stopRequested(onSecond: () => void): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const request = (): void => {
      const now = performance.now();
      if (firstAt === undefined) {
        firstAt = now;
        resolve();
      } else if (now - firstAt > SAME_REQUEST_MS) onSecond();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, request);
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const parent = process.ppid;
    const check = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(check);
      request();
    }, PARENT_CHECK_MS);
    check.unref();
  });
}
