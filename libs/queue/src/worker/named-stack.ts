const PLAIN_HEADER = /^Error(?=:|\r?\n|$)/;

/**
 * Puts the class name of an error into the first line of its stack, where V8 writes `Error` unless
 * the prototype has a name. BullMQ stores only the stack, so the class would be lost.
 */
export function nameStack(error: unknown): void {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return;
  const { name } = error;
  const known = name && name !== 'Error' ? name : error.constructor?.name;
  if (!known || known === 'Error' || !PLAIN_HEADER.test(error.stack)) return;
  try {
    error.stack = error.stack.replace(PLAIN_HEADER, () => known);
  } catch {
    // A frozen error keeps its stack, so its dead letters are grouped less precisely.
  }
}
