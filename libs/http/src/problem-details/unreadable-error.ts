/** Stands for a thrown value whose fields throw when they are read: a proxy, or a getter of an error. */
const UNREADABLE = new Error('a thrown value could not be read');

/**
 * Reads an error with a function, and with the error `a thrown value could not be read` if that throws.
 * A filter that throws would leave the caller of a message without a reply.
 */
export function readError<Result>(error: unknown, read: (error: unknown) => Result): Result {
  try {
    return read(error);
  } catch {
    return read(UNREADABLE);
  }
}
