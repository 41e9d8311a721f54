import type {
  DeadLetter,
  DeadLetterDetails,
  DeadLetterGroup,
  HistoryEntry,
} from '@loyalnest/queue/operator';
import type { QueueContext } from '../../session/queue-session.js';
import { humanAge } from '../../terminal/human-age.js';
import { oneLine } from '../../terminal/printable.js';

/** One row for each cause group. */
export function groupTable(context: QueueContext, groups: readonly DeadLetterGroup[]): string {
  if (groups.length === 0) return 'no dead letters\n';
  const now = context.session.clock.now();
  return context.table(
    [
      { title: 'GROUP' },
      { title: 'COUNT', right: true },
      { title: 'FAILED AGAIN', right: true },
      { title: 'OLDEST', right: true },
      { title: 'NEWEST', right: true },
      { title: 'JOB' },
      { title: 'REASON' },
      { title: 'ERROR' },
      { title: 'MESSAGE', flexible: true },
    ],
    groups.map((group) => [
      group.group,
      group.count,
      group.failedAgain,
      humanAge(now - Date.parse(group.firstSeenAt)),
      humanAge(now - Date.parse(group.lastSeenAt)),
      group.name,
      group.reasons.join(','),
      group.error,
      group.message,
    ]),
  );
}

/** One row for each dead letter. */
export function letterTable(context: QueueContext, letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return 'no dead letters\n';
  const now = context.session.clock.now();
  return context.table(
    [
      { title: 'ID' },
      { title: 'JOB' },
      { title: 'REASON' },
      { title: 'AGE', right: true },
      { title: 'RUNS', right: true },
      { title: 'GROUP' },
      { title: 'MESSAGE', flexible: true },
    ],
    letters.map((letter) => [
      letter.id,
      letter.name,
      letter.reason,
      humanAge(now - Date.parse(letter.failedAt)),
      letter.attemptsMade,
      letter.group,
      letter.discarded
        ? `discarded by ${letter.discarded.by}: ${letter.discarded.reason}`
        : letter.message,
    ]),
  );
}

/** One dead letter in full: facts, payload, history and stacks. */
export function detailLines(letter: DeadLetterDetails): string {
  const { context, discarded, history, stacks } = letter;
  const facts: readonly (readonly [string, string | number | undefined])[] = [
    ['id', letter.id],
    ['job', letter.name],
    ['queue', letter.queue],
    ['reason', letter.reason],
    ['message', letter.message],
    ['group', letter.group],
    ['runs', letter.attemptsMade],
    ['enqueued', letter.enqueuedAt],
    ['failed', letter.failedAt],
    ['discarded', discarded && `${discarded.at} by ${discarded.by}: ${discarded.reason}`],
    ['context', context && JSON.stringify(context)],
    ['revision', letter.revision],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name.padEnd(10)}${oneLine(String(value))}`],
  );
  lines.push('payload', indent(JSON.stringify(letter.payload, undefined, 2) ?? ''));
  if (history.length > 0)
    lines.push('history', ...history.map((entry) => indent(historyLine(entry))));
  if (stacks.length > 0) lines.push('stacks, newest first', ...stacks.map(indent));
  return `${lines.join('\n')}\n`;
}

function historyLine(entry: HistoryEntry): string {
  const what = `${entry.at} ${entry.kind} by ${oneLine(entry.by)}`;
  switch (entry.kind) {
    case 'redriven':
      return `${what} after ${entry.attemptsMade} runs: ${oneLine(entry.failure)}`;
    case 'edited':
      return `${what} from ${JSON.stringify(entry.payload)}`;
    case 'discarded':
      return `${what}: ${oneLine(entry.reason)}`;
    default:
      return what;
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
