const warned = new Set<string>();

/**
 * Warns that an option goes by an old name, once for each path: a `DeprecationWarning` with the code
 * `LOYALNEST_DEPRECATED_OPTION`, which Node shows unless it runs with `--no-deprecation`.
 *
 * @param path the option as it was given: `queue.throttling.plans.basic.rate`
 * @param use what to write instead: `limit and per`
 */
export function warnDeprecatedOption(path: string, use: string): void {
  if (warned.has(path)) return;
  warned.add(path);
  process.emitWarning(`${path} will be removed in the next version; use ${use}`, {
    type: 'DeprecationWarning',
    code: 'LOYALNEST_DEPRECATED_OPTION',
  });
}
