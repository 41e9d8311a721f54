export type RedisInfo = Readonly<Record<string, string>>;

/** Parses the reply to INFO into its fields. */
export function parseInfo(text: string): RedisInfo {
  const fields = text.split(/\r?\n/).flatMap((line) => {
    const at = line.indexOf(':');
    return at > 0 && !line.startsWith('#')
      ? [[line.slice(0, at), line.slice(at + 1)] as const]
      : [];
  });
  return Object.fromEntries(fields);
}
