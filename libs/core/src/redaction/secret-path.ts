import { SecretNames } from './secret-names.js';

const NAMES = new SecretNames();

/**
 * Which values a name hides: `always` hides every value, `text` every value except numbers, because
 * `apiKey` is a secret and `maxKeys` is not.
 */
export type Secrecy = 'always' | 'text' | undefined;

/** Endings of words that name secrets in options and variables: `DB_PASS`, `sshKey`. */
const SECRET_WORD = /(?:key|keys|pass|pwd|pem|pfx|credentials?|jwt)$|^auth$/;
/** Last words of names that describe a key, but are not one: `keyPrefix`. */
const ABOUT_KEYS = new Set(['prefix', 'name', 'names']);
const ADDRESS_WORD = /(?:ur[il]s?|dsns?)$/;
const ADDRESS_WORDS = new Set(['nodes', 'redis', 'endpoint', 'connection', 'address', 'addresses']);

/**
 * Returns whether an option or a variable contains secrets, by its name or the name of an option around
 * it: `AdminAccessModule.tokens[0].role` is a part of what may be a token. Ignores names that the
 * application chose (in quotes or parentheses, and the class in `Class.method @Retry`), and modules.
 */
export function secrecyOfPath(path: string): Secrecy {
  const secrecies = namesIn(path).map(secrecyOfName);
  return secrecies.includes('always') ? 'always' : secrecies.find((each) => each !== undefined);
}

/** Returns whether a single name, such as that of a field or a variable, names a secret. */
export function secrecyOfName(name: string): Secrecy {
  if (NAMES.has(name)) return 'always';
  const words = wordsIn(name);
  if (ABOUT_KEYS.has(words.at(-1) ?? '')) return undefined;
  return words.some((word) => SECRET_WORD.test(word)) ? 'text' : undefined;
}

/** Returns whether an option or a variable contains an address, which may contain a password. */
export function isAddressPath(path: string): boolean {
  const last = wordsIn(namesIn(path).at(-1) ?? '').at(-1) ?? '';
  return ADDRESS_WORD.test(last) || ADDRESS_WORDS.has(last);
}

function namesIn(path: string): readonly string[] {
  return path
    .replace(/^.* @/, '')
    .replaceAll(/\([^)]*\)|'[^']*'|"[^"]*"|\[\d*\]/g, '')
    .split(/[.[\]\s]+/)
    .filter((name) => name !== '' && !name.endsWith('Module'));
}

function wordsIn(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}
