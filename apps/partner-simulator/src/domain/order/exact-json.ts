/** https://tc39.es/proposal-json-parse-with-source/, not yet in TypeScript's library. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * JSON as Shopify writes it: whole numbers of any length with every digit (give them as bigint),
 * and slashes escaped. Whoever parses it and writes it again gets other bytes than were signed.
 */
export function exactJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? rawJson(part.toString()) : part,
  );
  return text.replaceAll('/', '\\/');
}
