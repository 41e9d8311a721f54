/**
 * Whether a job is in its first attempt after a redrive, which resets attempts but keeps stack
 * traces.
 */
export function isRedriven({
  attemptsMade,
  stacktrace,
}: {
  readonly attemptsMade: number;
  readonly stacktrace?: readonly string[] | null;
}): boolean {
  return attemptsMade === 0 && (stacktrace?.length ?? 0) > 0;
}
