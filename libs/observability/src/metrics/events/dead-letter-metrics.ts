import type { MetricRegistry } from '../registry/metric-registry.js';
import type { EventSource } from '../../event-source.js';

interface QueueEvent {
  readonly queue: string;
}

interface Pruned extends QueueEvent {
  readonly removed: Readonly<Record<string, number>>;
  readonly discarded: number;
}

/** Counts dead letters that are added and removed, redrive tasks, and commands of admins. */
export function measureDeadLetters(registry: MetricRegistry, on: EventSource): void {
  const added = registry.counter({
    name: 'loyalnest_dead_letters_added_total',
    help: 'Jobs that became dead letters, including restored ones; each is counted by one process',
    labels: ['queue', 'reason'],
  });
  const removed = registry.counter({
    name: 'loyalnest_dead_letters_removed_total',
    help: 'Dead letters that were removed, by the cause',
    labels: ['queue', 'by'],
  });
  const tasks = registry.counter({
    name: 'loyalnest_redrive_task_changes_total',
    help: 'Changes of redrive tasks to this state',
    labels: ['queue', 'state'],
  });
  const commands = registry.counter({
    name: 'loyalnest_queue_admin_commands_total',
    help: 'Commands of admins on queues and dead letters',
    labels: ['command', 'outcome'],
  });

  on<QueueEvent & { reason: string }>('loyalnest:queue:dead-lettered', ({ queue, reason }) =>
    added.add({ queue, reason }),
  );
  on<QueueEvent>('loyalnest:queue:dead-letter-restored', ({ queue }) =>
    added.add({ queue, reason: 'restored' }),
  );
  on<QueueEvent>('loyalnest:queue:dead-letter-redriven', ({ queue }) =>
    removed.add({ queue, by: 'redriven' }),
  );
  on<QueueEvent>('loyalnest:queue:dead-letter-edited', ({ queue }) =>
    removed.add({ queue, by: 'edited' }),
  );
  on<QueueEvent>('loyalnest:queue:dead-letter-discarded', ({ queue }) =>
    removed.add({ queue, by: 'discarded' }),
  );
  on<Pruned>('loyalnest:queue:dead-letters-pruned', ({ queue, removed: byReason }) => {
    const count = Object.values(byReason).reduce((sum, value) => sum + value, 0);
    if (count > 0) removed.add({ queue, by: 'pruned' }, count);
  });
  on<QueueEvent & { moved: number; missing: number }>(
    'loyalnest:queue:dead-letter-index-mended',
    ({ queue, moved, missing }) => {
      if (moved > 0) removed.add({ queue, by: 'run-elsewhere' }, moved);
      if (missing > 0) removed.add({ queue, by: 'missing' }, missing);
    },
  );
  on<QueueEvent & { state: string }>('loyalnest:queue:redrive-task', ({ queue, state }) =>
    tasks.add({ queue, state }),
  );
  on<{ command: string; outcome: string }>(
    'loyalnest:queue:admin-command',
    ({ command, outcome }) => commands.add({ command, outcome }),
  );
}
