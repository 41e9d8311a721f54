/** The user pressed Ctrl-C before the command had a result. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor() {
    super('interrupted');
  }
}

/**
 * Waits for the work, and stops waiting at Ctrl-C, even if Redis hangs. The work itself continues.
 *
 * @throws InterruptedError at Ctrl-C, or what the work throws
 */
export async function unlessInterrupted<T>(work: Promise<T>, interrupted: AbortSignal): Promise<T> {
  let stop = (): void => {};
  const end = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new InterruptedError());
  });
  if (interrupted.aborted) stop();
  else interrupted.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, end]);
  } finally {
    interrupted.removeEventListener('abort', stop);
  }
}
