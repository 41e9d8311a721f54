/** https://tc39.es/proposal-json-parse-with-source/, not yet in TypeScript's library. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * Writes JSON as Shopify does: integers of any length keep every digit (pass them as bigint), and
 * slashes are escaped. Parsing and re-serializing the text changes the bytes that were signed.
 */
export function exactJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? rawJson(part.toString()) : part,
  );
  return text.replaceAll('/', '\\/');
}
