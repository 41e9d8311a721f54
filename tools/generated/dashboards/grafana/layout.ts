import type { PanelSource } from '../dashboard-source.ts';

/** The position of a panel in Grafana's grid of 24 columns. */
export interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const COLUMNS = 24;
const SIZES: Readonly<
  Record<PanelSource['kind'], { readonly inLine: number; readonly h: number }>
> = {
  stat: { inLine: 6, h: 4 },
  timeseries: { inLine: 3, h: 8 },
  bargauge: { inLine: 3, h: 8 },
  table: { inLine: 1, h: 9 },
};

/** Puts panels of the same height into lines that they fill, starting at row `top`. */
export function layOut(panels: readonly PanelSource[], top: number): readonly GridPos[] {
  const places: GridPos[] = [];
  let y = top;
  for (const line of linesOf(panels)) {
    const { h } = SIZES[line[0]!.kind];
    let x = 0;
    line.forEach((_, i) => {
      const w = Math.ceil((COLUMNS - x) / (line.length - i));
      places.push({ x, y, w, h });
      x += w;
    });
    y += h;
  }
  return places;
}

function linesOf(panels: readonly PanelSource[]): readonly (readonly PanelSource[])[] {
  const groups: PanelSource[][] = [];
  for (const panel of panels) {
    const group = groups.at(-1);
    if (group && SIZES[group[0]!.kind].h === SIZES[panel.kind].h) group.push(panel);
    else groups.push([panel]);
  }
  return groups.flatMap(evenly);
}

/** Splits a group into lines of similar length: four panels, three per line, become two and two. */
function evenly(group: readonly PanelSource[]): readonly (readonly PanelSource[])[] {
  const lines: (readonly PanelSource[])[] = [];
  let rest = group;
  for (let count = Math.ceil(group.length / SIZES[group[0]!.kind].inLine); count > 0; count--) {
    const length = Math.ceil(rest.length / count);
    lines.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return lines;
}
