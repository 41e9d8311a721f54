import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configVariables, type ConfigVariable } from './config-variables.ts';

const TEMPLATE = 'tools/generated/environment/template.env';
/** `{{NAME}}`; `{{NAME=value}}` overrides the default; `{{# NAME}}` comments the variable out. */
const PLACEHOLDER = /^\{\{(# )?(\w+)(?:=(.*))?\}\}$/;
const WIDTH = 100;

/**
 * The text of `.env.example`.
 *
 * @throws Error if a variable has no place in the template, no meaning, no value, or no class
 */
export function envExample(root: string): string {
  const variables = configVariables(root);
  const missing = new Set(variables.keys());
  const described = new Set<string>();
  const lines = readFileSync(join(root, TEMPLATE), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [placeholder, commentMark = '', name = '', value] = PLACEHOLDER.exec(line) ?? [];
      if (placeholder === undefined) return [line];
      const variable = variables.get(name);
      if (!variable) throw new Error(`${TEMPLATE}: no config class has ${name}; remove it`);
      missing.delete(name);
      const comment = described.has(variable.meaning) ? [] : commentOf(variable);
      described.add(variable.meaning);
      return [...comment, `${commentMark}${name}=${value ?? valueOf(variable)}`];
    });
  if (missing.size > 0) {
    throw new Error(`${TEMPLATE}: add ${[...missing].join(', ')}, such as {{${[...missing][0]}}}`);
  }
  return lines.join('\n');
}

function valueOf({ name, byDefault, meaning }: ConfigVariable): string {
  if (byDefault !== undefined) return byDefault;
  if (/\bunset:/i.test(meaning)) return '';
  throw new Error(`${TEMPLATE}: ${name} has no default; write {{${name}=value}}`);
}

function commentOf({ name, meaning }: ConfigVariable): readonly string[] {
  if (meaning === '') throw new Error(`${name} needs a doc comment that says what it means`);
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
