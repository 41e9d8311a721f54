/** Answers below 500 say something about the request, not about the service. */
export function isServerError(status: number): boolean {
  return status >= 500;
}
