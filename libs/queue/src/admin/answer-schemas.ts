import { DEAD_LETTER_REASONS } from '../dead-letter/dead-letter.js';

/** The parts of an OpenAPI schema that the answers need. */
export interface AnswerSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly nullable?: boolean;
  readonly items?: AnswerSchema;
  readonly properties?: Readonly<Record<string, AnswerSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
}

const text = (description?: string): AnswerSchema => ({
  type: 'string',
  ...(description && { description }),
});
const count: AnswerSchema = { type: 'integer' };
const time: AnswerSchema = { type: 'string', format: 'date-time' };
const anything = (description: string): AnswerSchema => ({ description });
const words = (...allowed: readonly string[]): AnswerSchema => ({ type: 'string', enum: allowed });
const list = (items: AnswerSchema): AnswerSchema => ({ type: 'array', items });

/** Fields whose name ends with a question mark are optional. */
function object(fields: Readonly<Record<string, AnswerSchema>>): AnswerSchema {
  const names = Object.keys(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(
      names.map((name) => [name.replace(/\?$/, ''), fields[name]!] as const),
    ),
    required: names.filter((name) => !name.endsWith('?')),
  };
}

const reason = words(...DEAD_LETTER_REASONS);

const redriveTask = object({
  id: text(),
  queue: text(),
  state: words('canary', 'running', 'settling', 'completed', 'stopped', 'cancelled'),
  'note?': text('Why it was stopped, or who cancelled it.'),
  by: text(),
  startedAt: time,
  'endedAt?': time,
  total: count,
  redriven: count,
  succeeded: count,
  failedAgain: count,
  failing: count,
  rate: { type: 'number' },
});

const overview = object({
  queue: text(),
  paused: { type: 'boolean' },
  workers: {
    type: 'integer',
    nullable: true,
    description: 'Null if this Redis does not list its clients.',
  },
  counts: object({
    waiting: count,
    prioritized: count,
    active: count,
    delayed: count,
    waitingChildren: count,
    completed: count,
    deadLetters: count,
    discarded: count,
  }),
  'oldestWaitingSince?': time,
  'oldestWaitingMs?': count,
  deadLetters: list(object({ reason, count, oldestAt: time, oldestMs: count })),
  schedules: count,
  'redrive?': redriveTask,
});

const history = object({
  kind: words('redriven', 'edited', 'discarded', 'restored'),
  at: time,
  by: text(),
  'attemptsMade?': count,
  'failure?': text(),
  'task?': text(),
  'payload?': anything('The payload before the edit, masked if the payload is.'),
  'reason?': text(),
});

const letter: Readonly<Record<string, AnswerSchema>> = {
  queue: text(),
  id: text(),
  name: text('Name of the job.'),
  reason,
  message: text('Message of the last error.'),
  group: text('Fingerprint of the cause.'),
  attemptsMade: count,
  enqueuedAt: time,
  failedAt: time,
  payload: anything(
    'Field names and types. Shows the values if the request asks for them and may see them.',
  ),
  'context?': { type: 'object', additionalProperties: true },
  history: list(history),
  'discarded?': object({ at: time, by: text(), reason: text() }),
};
const details = {
  ...letter,
  stacks: list(text()),
  revision: text('Pass it to an edit, which fails if the dead letter has changed since.'),
};

const page = (items: AnswerSchema): AnswerSchema =>
  object({
    items: list(items),
    total: count,
    'cursor?': text('Cursor of the next page; missing on the last page.'),
  });

const audit = object({
  id: text(),
  at: time,
  by: text(),
  source: words('http', 'cli'),
  'role?': words('view', 'operate', 'destroy'),
  command: text(),
  queue: text(),
  'target?': text(),
  'filter?': { type: 'object', additionalProperties: true },
  'reason?': text(),
  outcome: words('done', 'refused', 'failed', 'unknown'),
  'error?': text('Code of the error.'),
  'made?': text('Id of what the command created.'),
});

/** The answers of the admin API, by name. */
export const ANSWER_SCHEMAS = {
  queues: object({ queues: list(overview) }),
  queue: overview,
  deadLetters: page(object(letter)),
  deadLetter: object(details),
  discarded: page(object({ ...details })),
  groups: object({
    groups: list(
      object({
        group: text(),
        name: text(),
        reasons: list(reason),
        error: text('Class of the error.'),
        message: text(),
        count,
        firstSeenAt: time,
        lastSeenAt: time,
        failedAgain: count,
      }),
    ),
  }),
  done: object({
    queue: text(),
    id: text(),
    outcome: words('redriven', 'edited-and-redriven', 'discarded', 'restored'),
  }),
  redrive: object({
    count: { type: 'integer', description: 'Number of matching dead letters.' },
    'task?': redriveTask,
  }),
  redriveTask,
  redriveTasks: object({ tasks: list(redriveTask) }),
  audit: object({
    entries: list(audit),
    'cursor?': text('Cursor of the next page; missing on the last page.'),
  }),
} satisfies Readonly<Record<string, AnswerSchema>>;

export type AnswerName = keyof typeof ANSWER_SCHEMAS;

/** Problem details (RFC 9457). */
export const PROBLEM_SCHEMA = object({
  type: text(),
  title: text(),
  status: count,
  'detail?': text('What happened, and what to do.'),
  instance: text(),
  code: text('Stable code of the error, for programs.'),
  'correlationId?': text(),
  'errors?': list(object({ path: text('Field.'), message: text() })),
});
