import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Name of a channel: `loyalnest:<lib>:<event>`. */
export type DiagnosticsName = `loyalnest:${string}:${string}`;

/** A typed diagnostics channel. Publishing costs a few nanoseconds while nobody listens. */
export interface Diagnostics<Event extends object> {
  readonly name: DiagnosticsName;
  publish(event: Event): void;
  /**
   * Calls `listener` with each event. If it throws, the process emits a warning, and the publisher does
   * not notice.
   *
   * @returns a function that ends the subscription
   */
  subscribe(listener: (event: Event) => void): () => void;
}

/** Returns the channel with this name, from `node:diagnostics_channel`. */
export function diagnostics<Event extends object>(name: DiagnosticsName): Diagnostics<Event> {
  const source = channel(name);
  return {
    name,
    publish(event) {
      if (source.hasSubscribers) source.publish(event);
    },
    subscribe(listener) {
      const guarded = (event: unknown): void => {
        try {
          listener(event as Event);
        } catch (error) {
          // Node turns a throwing subscriber into an uncaught exception; a warning is enough.
          process.emitWarning(`a listener of ${name} threw: ${String(error)}`);
        }
      };
      subscribe(name, guarded);
      return () => unsubscribe(name, guarded);
    },
  };
}
