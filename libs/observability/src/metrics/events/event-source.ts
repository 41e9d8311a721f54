import type { DiagnosticsName } from '@loyalnest/core';

/** Hears channels, but not the events of other applications that say so. */
export type EventSource = <Event extends object>(
  name: DiagnosticsName,
  listener: (event: Event) => void,
) => void;
