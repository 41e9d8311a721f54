import ts from 'typescript';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A variable as its config class declares it. */
export interface ConfigVariable {
  readonly name: string;
  /** The doc comment of the variable. */
  readonly meaning: string;
  /** Undefined if the class has no default, or if it depends on the service. */
  readonly byDefault: string | undefined;
  /** Whether a service in production fails to boot without it. */
  readonly isRequired: boolean;
}

/** The common class comes first, because a service may override its defaults. */
const CLASSES = ['libs/service-defaults/src/config/service-config.ts', 'apps/*/src/*.config.ts'];

/** The variables of all config classes by name, or of one service only if `app` names it. */
export function configVariables(root: string, app = '*'): ReadonlyMap<string, ConfigVariable> {
  const variables = new Map<string, ConfigVariable>();
  const classes = CLASSES.map((pattern) => pattern.replace('*', app));
  for (const file of classes.flatMap((pattern) => globSync(pattern, { cwd: root }).toSorted())) {
    const source = ts.createSourceFile(
      file,
      readFileSync(join(root, file), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    for (const statement of source.statements) {
      if (!ts.isClassDeclaration(statement)) continue;
      for (const variable of variablesOf(statement)) {
        const { name } = variable;
        if (!variables.has(name)) variables.set(name, variable);
      }
    }
  }
  return variables;
}

function variablesOf(declaration: ts.ClassDeclaration): readonly ConfigVariable[] {
  return declaration.members.filter(ts.isPropertyDeclaration).map((property) => {
    const meaning = meaningOf(property);
    const isRequired =
      property.exclamationToken !== undefined || /required in production/i.test(meaning);
    const byDefault = defaultOf(property.initializer);
    return { name: property.name.getText(), meaning, byDefault, isRequired };
  });
}

function meaningOf(property: ts.PropertyDeclaration): string {
  const texts = ts
    .getJSDocCommentsAndTags(property)
    .filter(ts.isJSDoc)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '');
  return texts.join(' ').replaceAll(/\s+/g, ' ').trim();
}

function defaultOf(initializer: ts.Expression | undefined): string | undefined {
  if (initializer === undefined) return undefined;
  return ts.isLiteralExpression(initializer) ? initializer.text : undefined;
}
