/** Ctrl-C, before there was an answer. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor() {
    super('interrupted');
  }
}

/**
 * Gives up waiting at Ctrl-C: whoever presses it does not wait for a Redis that hangs.
 *
 * @throws InterruptedError, and what the work throws
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
