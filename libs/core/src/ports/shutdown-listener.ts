/**
 * A stage of a shutdown. `draining`: the process will end, but nothing is closed yet; listeners are
 * called in the tick of the signal. `cancelling`: requests that still run must give up now, as their
 * connections will be closed within a second.
 */
export type ShutdownStage = 'draining' | 'cancelling';

/** Key of the method that a shutdown calls before anything is closed. */
export const ON_SHUTDOWN: unique symbol = Symbol.for('@loyalnest/core:on-shutdown');

/**
 * A provider that changes its answers when a shutdown begins, but closes nothing: readiness fails,
 * request signals abort. To stop or close something, implement `Drainable`. Nest's discovery finds it;
 * it is called once for each stage.
 */
export interface ShutdownListener {
  /** Must return at once and not throw. */
  [ON_SHUTDOWN](stage: ShutdownStage): void;
}

/** Returns whether a provider implements {@link ShutdownListener}. */
export function isShutdownListener(value: unknown): value is ShutdownListener {
  return (
    typeof (value as Partial<ShutdownListener> | null | undefined)?.[ON_SHUTDOWN] === 'function'
  );
}
