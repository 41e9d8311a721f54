import { MalformedJsonError } from './malformed-json.error.js';

const INTEGER = /^-?\d+$/;

/**
 * Parses JSON without losing digits: an integer that a number cannot hold exactly, such as an 18-digit
 * id, is returned as the string of its digits. Everything else is as with `JSON.parse`.
 *
 * @throws {@link MalformedJsonError} with the position of the error, also for a text that is nested too
 * deep, which can be some thousand levels
 */
export function parseLosslessJson(text: string): unknown {
  try {
    return JSON.parse(
      text,
      exactIntegers as (this: unknown, key: string, value: unknown) => unknown,
    );
  } catch (error) {
    // JSON.parse recurses if it has a reviver, so a deep text exhausts the stack.
    if (error instanceof RangeError) throw new MalformedJsonError(deepPosition(text), error);
    if (!(error instanceof SyntaxError)) throw error;
    throw new MalformedJsonError(positionOf(error.message, text), error);
  }
}

/** For `source` see https://tc39.es/proposal-json-parse-with-source/ */
function exactIntegers(_key: string, value: unknown, { source }: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined)
    return value;
  return INTEGER.test(source) ? source : value;
}

/** The search below parses parts of the text, which would block the process for a large one. */
const MAX_SEARCHED = 131_072;
/** Far below the nesting at which the stack is exhausted. */
const DEEP = 1_000;

/** The position at which a text is nested deeper than any that can be parsed fails. */
function deepPosition(text: string): number {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inString && character === '\\') index++;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (depth > DEEP) return index;
  }
  return text.length;
}

/** V8 does not name the position of an unexpected token, so this searches for it. */
function positionOf(message: string, text: string): number | undefined {
  const stated = /at position (\d+)/.exec(message);
  if (stated) return Number(stated[1]);
  if (text.length > MAX_SEARCHED) return undefined;
  if (!failsOnToken(text)) return text.length;
  let [valid, failing] = [0, text.length];
  while (failing - valid > 1) {
    const middle = (valid + failing) >> 1;
    if (failsOnToken(text.slice(0, middle))) failing = middle;
    else valid = middle;
  }
  return valid;
}

function failsOnToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return (error as Error).message.startsWith('Unexpected token');
  }
}
