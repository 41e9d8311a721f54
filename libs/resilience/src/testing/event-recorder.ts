import {
  remoteCircuitStateChanged,
  type RemoteCircuitStateChanged,
} from '../redis/broadcast.events.js';
import { resilienceEvents$, type ResilienceEvent } from '../service/resilience-event.js';

/** An event of any channel of the module; `type` is the last part of the channel name. */
export type RecordedEvent =
  ResilienceEvent | ({ readonly type: 'remote-circuit-state' } & RemoteCircuitStateChanged);

export type RecordedEventType = RecordedEvent['type'];

/** The events since the recording began, in order. */
export interface EventRecorder {
  readonly events: readonly RecordedEvent[];
  /** The events of one type. */
  of<Type extends RecordedEventType>(type: Type): readonly Extract<RecordedEvent, { type: Type }>[];
  /** Stops the recording; recorded events stay. */
  stop(): void;
}

/**
 * Records the events of all `loyalnest:resilience:*` channels, of every application in the process.
 * Call `stop()` when the test ends.
 */
export function recordEvents(): EventRecorder {
  const events: RecordedEvent[] = [];
  const local = resilienceEvents$.subscribe((event) => events.push(event));
  const endRemote = remoteCircuitStateChanged.subscribe((event) =>
    events.push({ type: 'remote-circuit-state', ...event }),
  );
  return {
    events,
    of: <Type extends RecordedEventType>(type: Type) =>
      events.filter(
        (event): event is Extract<RecordedEvent, { type: Type }> => event.type === type,
      ),
    stop() {
      local.unsubscribe();
      endRemote();
    },
  };
}
