/** Only a 5xx means that the service failed. Any lower status is its answer to this request. */
export function isServerError(status: number): boolean {
  return status >= 500;
}
