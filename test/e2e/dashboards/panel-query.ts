import { repositoryRoot } from '@loyalnest/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARDS } from '../../../tools/generated/dashboards/dashboards.js';

/** A query of a panel in the generated dashboards. */
export interface PanelQuery {
  /** Dashboard, panel and query, for messages. */
  readonly where: string;
  readonly panel: string;
  readonly expr: string;
  /** The legend of its series, with labels as `{{label}}`. */
  readonly legend: string;
  readonly isQuiet: boolean;
  readonly hasExemplars: boolean;
}

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly exemplar?: boolean;
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly Target[];
  readonly transformations?: readonly { readonly options: { readonly renameByName?: object } }[];
}

/** The reader's choice of services and instances, as Grafana inserts it into queries. */
export interface Choice {
  readonly service: string;
  readonly instance: string;
}

export const ALL: Choice = { service: '.*', instance: '.*' };
/** Longer than the test, so that it covers everything that happened. */
const RATE_INTERVAL = '3m';

export function panelQueries(): readonly PanelQuery[] {
  return Object.entries(DASHBOARDS).flatMap(([file, source]) => {
    const text = readFileSync(join(repositoryRoot(), file), 'utf8');
    const { panels } = JSON.parse(text) as { panels: readonly Panel[] };
    const sources = source.rows.flatMap((row) => row.panels);
    return panels
      .filter(({ type }) => type !== 'row')
      .flatMap((panel, i) => {
        const { title, targets = [] } = panel;
        return targets.map(({ refId, expr, legendFormat = headingsOf(panel), exemplar }) => ({
          where: `${source.uid}: ${title} ${refId}`,
          panel: title,
          expr,
          legend: legendFormat,
          isQuiet: sources[i]!.quiet !== undefined,
          hasExemplars: exemplar === true,
        }));
      });
  });
}

/** The expression that Prometheus receives from Grafana. */
export function asked(expr: string, { service, instance }: Choice): string {
  const values = { $service: service, $instance: instance, $__rate_interval: RATE_INTERVAL };
  return expr.replaceAll(/\$(service|instance|__rate_interval)\b/g, (name) => {
    return values[name as keyof typeof values];
  });
}

/**
 * The expression without the zeros that replace missing series. For a share, this is its part without
 * the whole.
 */
export function withoutZeros(expr: string): string {
  const [, part] = /^\((.*) or 0 \* .*\) \/ \(.* > 0\)$/.exec(expr) ?? [];
  return part ?? expr.replace(/ or (vector\(0\)|0 \* .*)$/, '');
}

export function labelsOf(legend: string): readonly string[] {
  return [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
}

/** The metrics in an expression. */
export function metricsOf(expr: string): readonly string[] {
  return [...expr.matchAll(/\b([a-z_]\w*)\{/g)].map(([, name]) => name!);
}

function headingsOf({ transformations = [] }: Panel): string {
  const names = transformations.flatMap(({ options }) => Object.keys(options.renameByName ?? {}));
  return names
    .filter((name) => !name.startsWith('Value'))
    .map((label) => `{{${label}}}`)
    .join(' ');
}
