import { diagnostics, type DiagnosticsName } from '@loyalnest/core';

/** Subscribes to a channel. Skips events that name another application of this process. */
export type EventSource = <Event extends object>(
  name: DiagnosticsName,
  listener: (event: Event) => void,
) => void;

/** Subscriptions of one application, ended together. */
export class EventSubscriptions {
  private readonly ends: (() => void)[] = [];

  /** @param app `applicationId` of Nest's `ModulesContainer` */
  constructor(private readonly app: string) {}

  readonly on: EventSource = <Event extends object>(
    name: DiagnosticsName,
    listener: (event: Event) => void,
  ) => {
    const { app } = this;
    const end = diagnostics<Event & { readonly app?: string }>(name).subscribe((event) => {
      if (event.app === undefined || event.app === app) listener(event);
    });
    this.ends.push(end);
  };

  end(): void {
    for (const end of this.ends.splice(0)) end();
  }
}
