import { OptionError } from '@loyalnest/core';
import type { Scored } from '../../redis/scored-page.js';

/** The cursor of the page that starts after this member. */
export function encodeCursor({ score, id }: Scored): string {
  return Buffer.from(`${score}:${id}`).toString('base64url');
}

/** Reverses `encodeCursor`. @throws OptionError for any other text */
export function decodeCursor(cursor: string | undefined): Scored | undefined {
  if (cursor === undefined) return undefined;
  const match = /^(-?\d+(?:\.\d+)?):([^]+)$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (match) return { score: match[1]!, id: match[2]! };
  throw new OptionError('deadLetters.cursor', cursor, 'use the cursor of the previous page');
}
