const warned = new Set<string>();

/**
 * Warns about the old name of an option, once for each path. Emits a `DeprecationWarning` with the code
 * `LOYALNEST_DEPRECATED_OPTION`, which Node shows unless it runs with `--no-deprecation`.
 *
 * @param path the old name: `queue.throttling.plans.basic.rate`
 * @param use the new name: `limit and per`
 */
export function warnDeprecatedOption(path: string, use: string): void {
  if (warned.has(path)) return;
  warned.add(path);
  process.emitWarning(`${path} will be removed in the next version; use ${use}`, {
    type: 'DeprecationWarning',
    code: 'LOYALNEST_DEPRECATED_OPTION',
  });
}
