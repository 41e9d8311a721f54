import { createHash } from 'node:crypto';

/** The group of all causes above the max number of groups. */
export const OTHER_CAUSES = 'other';

const READ_CHARS = 1_000;
/** The order matters: a match of an earlier pattern may contain a match of a later one. */
const VARIABLE_PARTS: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s'"`]+/gi, '<address>'],
  [/[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,5}/g, '<address>'],
  [/"[^"]*"|'[^']*'|`[^`]*`/g, '<text>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  [/(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi, '<address>'],
  [/\b[a-z][\w-]*(?:\.[\w-]+)*:\d{2,5}\b/gi, '<address>'],
  [/\b0x[0-9a-f]+\b/gi, '<id>'],
  [/\b(?=[a-z]*\d)[0-9a-f]{8,}\b/gi, '<id>'],
  [/[-+]?\d+(?:[.,]\d+)*/g, '<n>'],
];

/** Replaces the parts of a message that differ between jobs that died of the same cause. */
export function normaliseMessage(message: string): string {
  let text = message.slice(0, READ_CHARS);
  for (const [pattern, placeholder] of VARIABLE_PARTS) text = text.replace(pattern, placeholder);
  return text.replace(/\s+/g, ' ').trim();
}

/** Name of the error class, read from the stack. */
export function errorName(stack: string | undefined): string {
  return /^([A-Za-z_$][\w$.]*)(?: \[\w+\])?(?::|\r?\n|$)/.exec(stack ?? '')?.[1] ?? 'Error';
}

/**
 * The topmost frame in the application's own code, as function and file. It has no line number, so a
 * group stays the same after a deployment.
 */
export function topFrame(stack: string | undefined): string {
  for (const line of (stack ?? '').split('\n', 50)) {
    if (line.length > READ_CHARS) continue;
    const frame = /^\s+at (?:async )?(?:(.+?) \()?(.+?)(?::\d+)?(?::\d+)?\)?$/.exec(line);
    if (!frame) continue;
    const file = frame[2]!.replaceAll('\\', '/');
    if (/^(?:node:|native|<anonymous>)|\/node_modules\//.test(file)) continue;
    return `${frame[1] ?? ''} ${file.split('/').slice(-2).join('/')}`.trim();
  }
  return '';
}

export interface Cause {
  /** Name of the job. */
  readonly job: string;
  /** Message of the failure, without the marker of the reason. */
  readonly message: string;
  /** Stack of the last run. */
  readonly stack?: string | undefined;
}

/** Equal for jobs with the same name, error class, normalised message and top frame. */
export function causeFingerprint({ job, message, stack }: Cause): string {
  const parts = [job, errorName(stack), normaliseMessage(message), topFrame(stack)];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
}
