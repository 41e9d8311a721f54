import { relative } from 'node:path';
import type { AppPlan, StackUrls } from './app-plan.js';
import { thingsToTry } from './try-it.js';

/** Apps use 127.0.0.1; people read and type localhost. */
function asShown({ apps, ...servers }: StackUrls): StackUrls {
  const entries = Object.entries(apps).map(([name, url]) => [
    name,
    url.replace('127.0.0.1', 'localhost'),
  ]);
  return { ...servers, apps: Object.fromEntries(entries) };
}

/** The table of URLs, followed by commands to try. */
export function summary(
  apps: readonly AppPlan[],
  addresses: StackUrls,
  logFile: (app: string) => string,
): readonly string[] {
  const urls = asShown(addresses);
  const rows = [
    ...apps.map(({ name }) => [name, urls.apps[name]!, relative(process.cwd(), logFile(name))]),
    ['Redis', urls.redis, ''],
    ...Object.entries(urls.databases).map(([name, url]) => [`Postgres (${name})`, url, '']),
  ];
  const tries = thingsToTry(urls).flatMap(([title, command]) => [
    '',
    `  ${title}`,
    `    ${command}`,
  ]);
  return [
    ...table(['what', 'url', 'log'], rows),
    ...(tries.length > 0 ? ['', 'Try it, in another terminal:', ...tries] : []),
    '',
    'Ctrl-C stops everything.',
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}
