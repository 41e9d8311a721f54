import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configVariables, type ConfigVariable } from './config-variables.ts';

const TEMPLATE = 'tools/generated/environment/template.env';
/** `{{NAME}}`, `{{NAME=value}}` instead of the default, `{{# NAME}}` for a variable left out. */
const PLACEHOLDER = /^\{\{(# )?(\w+)(?:=(.*))?\}\}$/;
const WIDTH = 100;

/**
 * The text of `.env.example`.
 *
 * @throws Error for a variable that has no place in the template, no meaning, no value, or no class
 */
export function envExample(root: string): string {
  const variables = configVariables(root);
  const left = new Set(variables.keys());
  const said = new Set<string>();
  const lines = readFileSync(join(root, TEMPLATE), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [placeholder, off = '', name = '', value] = PLACEHOLDER.exec(line) ?? [];
      if (placeholder === undefined) return [line];
      const variable = variables.get(name);
      if (!variable) throw new Error(`${TEMPLATE}: no config class has ${name}; remove it`);
      left.delete(name);
      const comment = said.has(variable.meaning) ? [] : commentOf(variable);
      said.add(variable.meaning);
      return [...comment, `${off}${name}=${value ?? valueOf(variable)}`];
    });
  if (left.size > 0) {
    throw new Error(
      `${TEMPLATE}: give ${[...left].join(', ')} a place, such as {{${[...left][0]}}}`,
    );
  }
  return lines.join('\n');
}

function valueOf({ name, byDefault, meaning }: ConfigVariable): string {
  if (byDefault !== undefined) return byDefault;
  if (/\bunset:/i.test(meaning)) return '';
  throw new Error(`${TEMPLATE}: ${name} has no default; write {{${name}=value}}`);
}

function commentOf({ name, meaning }: ConfigVariable): readonly string[] {
  if (meaning === '') throw new Error(`${name} has no doc comment that says what it means`);
  const lines: string[] = [];
  let line = '#';
  for (const word of meaning.split(' ')) {
    if (`${line} ${word}`.length > WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
