/**
 * What a shutdown tells its listeners. `draining`: the process will end, nothing is closed yet;
 * told in the tick of the signal. `cancelling`: requests that still run must give up now, their
 * connections will be closed within a second.
 */
export type ShutdownStage = 'draining' | 'cancelling';

/** Key of the method by which a provider hears of the shutdown before anything is closed. */
export const ON_SHUTDOWN: unique symbol = Symbol.for('@loyalnest/core:on-shutdown');

/**
 * A provider that changes its answers, but closes nothing, once the shutdown has begun: readiness
 * falls, request signals abort. What has to be stopped or closed is a `Drainable`. Found by
 * discovery; each stage is told once.
 */
export interface ShutdownListener {
  /** Must return at once and not throw. */
  [ON_SHUTDOWN](stage: ShutdownStage): void;
}

export function isShutdownListener(value: unknown): value is ShutdownListener {
  return (
    typeof (value as Partial<ShutdownListener> | null | undefined)?.[ON_SHUTDOWN] === 'function'
  );
}
