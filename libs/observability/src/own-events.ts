import { diagnostics, type DiagnosticsName } from '@loyalnest/core';

/**
 * Hears a channel without the events of other applications in the process: those that say by `app`
 * whose they are. Returns what ends the subscription.
 *
 * @param app `applicationId` of Nest's `ModulesContainer`
 */
export function ownEvents<Event extends object>(
  name: DiagnosticsName,
  app: string,
  listener: (event: Event) => void,
): () => void {
  return diagnostics<Event & { readonly app?: string }>(name).subscribe((event) => {
    if (event.app === undefined || event.app === app) listener(event);
  });
}
