import type { JobDescriptor } from '@loyalnest/core';
import { LuaScript } from '@loyalnest/core/toolkit';
import { isJobEnvelope, type JobEnvelope } from '../../job/job-envelope.js';
import { PayloadTooLargeError } from '../../job/payload-too-large.error.js';
import { DeadLetterBusyError } from '../dead-letter-busy.error.js';
import { DeadLetterChangedError } from './dead-letter-changed.error.js';
import { appendHistory } from '../dead-letter-history.js';
import { DeadLetterKeys } from '../dead-letter-keys.js';
import { DeadLetterNotFoundError } from '../dead-letter-not-found.error.js';
import type { DeadLetterSource } from '../dead-letter-source.js';
import { deadLetterEdited } from '../dead-letter.events.js';
import { HISTORY_FIELD, parseData, readRecords, revisionOf } from '../record/job-record.js';
import type { Scored } from '../../redis/scored-page.js';

/** A new payload for a dead letter. */
export interface DeadLetterEdit {
  readonly payload: unknown;
  /** `revision` of the dead letter that the edit replaces. */
  readonly revision: string;
  readonly by: string;
}

/** What this process knows of a job with this name. */
export type KnownJob = Pick<JobDescriptor, 'version' | 'validate'>;

const EDITED = { done: 1, gone: 0, busy: -1, changed: -2 } as const;

/** KEYS: 1 failed, 2 job, 3 lock. ARGV: id, score, old data, new data, old history, new history. */
const EDIT = new LuaScript<number>(`
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return ${EDITED.gone} end
if redis.call('EXISTS', KEYS[3]) == 1 then return ${EDITED.busy} end
if redis.call('HGET', KEYS[2], 'data') ~= ARGV[3] then return ${EDITED.changed} end
if (redis.call('HGET', KEYS[2], '${HISTORY_FIELD}') or '') ~= ARGV[5] then return ${EDITED.changed} end
redis.call('HSET', KEYS[2], 'data', ARGV[4], '${HISTORY_FIELD}', ARGV[6])
return ${EDITED.done}
`);

/** Replaces the payload of a dead letter. Its history keeps the old payload. */
export class DeadLetterEditor {
  private readonly keys: DeadLetterKeys;

  constructor(
    private readonly source: DeadLetterSource,
    private readonly definitionOf: (name: string) => KnownJob | undefined,
    private readonly payloadLimitBytes: number,
  ) {
    this.keys = new DeadLetterKeys(source.bull);
  }

  /** @returns the death that was edited, so that the caller redrives that one and no later one */
  async edit(id: string, { payload, revision, by }: DeadLetterEdit): Promise<Scored> {
    const { bull, redis, clock } = this.source;
    const [record] = await readRecords(this.source, [id]);
    if (!record || record.score === null) throw new DeadLetterNotFoundError(bull.name, id);
    if (revisionOf(record.data) !== revision) throw new DeadLetterChangedError(bull.name, id);
    const definition = this.definitionOf(record.name);
    const checked = definition ? await definition.validate(payload) : payload;
    this.checkSize(record.name, checked);
    const data = parseData(record.data);
    const edited = isJobEnvelope(data)
      ? {
          ...withoutExpiry(data),
          payload: checked,
          ...(definition && { version: definition.version }),
        }
      : checked;
    const history = appendHistory(record.history, {
      kind: 'edited',
      at: new Date(clock.now()).toISOString(),
      by,
      payload: isJobEnvelope(data) ? data.payload : data,
    });
    const result = await EDIT.run(
      redis,
      [this.keys.failed, this.keys.job(id), this.keys.lock(id)],
      [id, record.score, record.data, JSON.stringify(edited), record.history ?? '', history],
    );
    if (result === EDITED.gone) throw new DeadLetterNotFoundError(bull.name, id);
    if (result === EDITED.busy) throw new DeadLetterBusyError(bull.name, id);
    if (result === EDITED.changed) throw new DeadLetterChangedError(bull.name, id);
    deadLetterEdited.publish({ queue: bull.name, id, by });
    return { id, score: record.score };
  }

  private checkSize(name: string, payload: unknown): void {
    const sizeBytes = Buffer.byteLength(JSON.stringify(payload) ?? '');
    if (sizeBytes > this.payloadLimitBytes) {
      throw new PayloadTooLargeError(name, sizeBytes, this.payloadLimitBytes);
    }
  }
}

/** An operator has seen the job and wants it to run now, regardless of its age. */
function withoutExpiry(envelope: JobEnvelope): JobEnvelope {
  const { expiresAt: _past, ...rest } = envelope;
  return rest;
}
