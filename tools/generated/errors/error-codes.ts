import ts from 'typescript';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A code as the class or the answer declares it. */
export interface ErrorCode {
  readonly code: string;
  /** `libs/queue` or `apps/points-service`. */
  readonly folder: string;
  /** Name of the class; undefined for an answer that is worded at the HTTP edge. */
  readonly className: string | undefined;
  readonly category: string;
  readonly retryable: string;
  /** First sentence of the class's doc comment. */
  readonly meaning: string;
}

const SOURCES = ['libs/*/src/**/*.ts', 'apps/*/src/**/*.ts'];

/**
 * Every error code of the libs and the apps, by code: the classes that declare one, and the
 * `ProblemError`s that the apps answer with.
 *
 * @throws Error if two places declare the same code: programs could not tell the errors apart
 */
export function errorCodes(root: string): readonly ErrorCode[] {
  const files = globSync(SOURCES, { cwd: root }).filter((file) => !file.endsWith('.spec.ts'));
  const found = files.flatMap((file) => codesOf(root, file));
  const byCode = new Map<string, ErrorCode>();
  for (const entry of found) {
    const known = byCode.get(entry.code);
    if (known) {
      throw new Error(
        `the code ${entry.code} is declared twice, by ${placeOf(known)} and by ${placeOf(entry)}; ` +
          'rename one, or use one class for both',
      );
    }
    byCode.set(entry.code, entry);
  }
  return [...byCode.values()].toSorted((a, b) => a.code.localeCompare(b.code));
}

function placeOf({ folder, className }: ErrorCode): string {
  return `${className ?? 'an answer'} in ${folder}`;
}

function codesOf(root: string, file: string): readonly ErrorCode[] {
  const text = readFileSync(join(root, file), 'utf8');
  if (!text.includes('code')) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const folder = file.split('/').slice(0, 2).join('/');
  const codes: ErrorCode[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node)) codes.push(...codeOfClass(node, folder));
    if (ts.isNewExpression(node) && node.expression.getText() === 'ProblemError') {
      codes.push(...codeOfAnswer(node, folder));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return codes;
}

/** Of a class with `readonly code = 'X'`, or whose constructor calls `super({ code: 'X' })`. */
function codeOfClass(node: ts.ClassDeclaration, folder: string): readonly ErrorCode[] {
  const className = node.name?.text;
  const code = stringOf(propertyOf(node, 'code')?.initializer);
  const codes = code === undefined ? codesOfSuperCall(node) : [code];
  const valueOf = (name: string): string => {
    const property = propertyOf(node, name);
    return stringOf(property?.initializer) ?? property?.initializer?.getText() ?? 'depends';
  };
  return codes.map((one) => ({
    code: one,
    folder,
    className,
    category: valueOf('category'),
    retryable: valueOf('retryable'),
    meaning: firstSentenceOf(node),
  }));
}

function codeOfAnswer(node: ts.NewExpression, folder: string): readonly ErrorCode[] {
  const code = stringOf(fieldOf(node.arguments?.[0], 'code'));
  if (code === undefined) return [];
  const status = fieldOf(node.arguments?.[0], 'status')?.getText() ?? '';
  const meaning = `Answered with status ${status}.`;
  return [
    { code, folder, className: undefined, category: 'depends', retryable: 'depends', meaning },
  ];
}

function codesOfSuperCall(node: ts.ClassDeclaration): readonly string[] {
  const codes: string[] = [];
  const visit = (child: ts.Node): void => {
    if (ts.isCallExpression(child) && child.expression.kind === ts.SyntaxKind.SuperKeyword) {
      codes.push(...stringsOf(fieldOf(child.arguments[0], 'code')));
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
  return codes;
}

/** The text of a literal, or both of a condition. */
function stringsOf(node: ts.Expression | undefined): readonly string[] {
  if (node !== undefined && ts.isConditionalExpression(node)) {
    return [...stringsOf(node.whenTrue), ...stringsOf(node.whenFalse)];
  }
  const text = stringOf(node);
  return text === undefined ? [] : [text];
}

function propertyOf(node: ts.ClassDeclaration, name: string): ts.PropertyDeclaration | undefined {
  return node.members
    .filter(ts.isPropertyDeclaration)
    .find((member) => member.name.getText() === name);
}

function fieldOf(node: ts.Node | undefined, name: string): ts.Expression | undefined {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) return undefined;
  return node.properties
    .filter(ts.isPropertyAssignment)
    .find((property) => property.name.getText() === name)?.initializer;
}

function stringOf(node: ts.Expression | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : undefined;
}

function firstSentenceOf(node: ts.ClassDeclaration): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = (ts.getTextOfJSDocComment(comment?.comment) ?? '').replaceAll(/\s+/g, ' ').trim();
  return text.split(/(?<=[.!?])\s/, 1)[0]!.replaceAll(/\{@link (\w+)\}/g, '`$1`');
}
