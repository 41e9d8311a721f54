/** Whether a job's first attempt is one after a redrive: it resets the attempts, the failures stay. */
export function isRedriven({
  attemptsMade,
  stacktrace,
}: {
  readonly attemptsMade: number;
  readonly stacktrace?: readonly string[] | null;
}): boolean {
  return attemptsMade === 0 && (stacktrace?.length ?? 0) > 0;
}
