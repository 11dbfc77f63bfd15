import type { SampleId } from '../../../src/index.ts';

/** Selected pictures of the whole data set. */
export interface Selection {
  readonly ids: ReadonlySet<SampleId>;
  /** Where a range starts: the picture that was last chosen without Shift. */
  readonly anchor: SampleId | null;
}

export const NOTHING_SELECTED: Selection = { ids: new Set(), anchor: null };

/** What a click or a key asks for. `toggle`: Ctrl or a finger; `extend`: Shift. */
export type SelectMode = 'only' | 'toggle' | 'extend';

/**
 * The selection after one picture was chosen.
 * @param order - The pictures among which a range runs: those of one class, as they are shown.
 */
export function choose(
  selection: Selection,
  order: readonly SampleId[],
  id: SampleId,
  mode: SelectMode,
): Selection {
  switch (mode) {
    case 'only':
      return { ids: new Set([id]), anchor: id };
    case 'toggle': {
      const ids = new Set(selection.ids);
      if (!ids.delete(id)) ids.add(id);
      return { ids, anchor: id };
    }
    case 'extend': {
      const range = between(order, selection.anchor, id);
      if (range === null) return { ids: new Set(selection.ids).add(id), anchor: id };
      return { ids: new Set([...selection.ids, ...range]), anchor: selection.anchor };
    }
  }
}

/** All of one class more; if all of it is selected already, none of it. */
export function chooseAll(selection: Selection, order: readonly SampleId[]): Selection {
  const ids = new Set(selection.ids);
  if (order.every((id) => ids.has(id))) for (const id of order) ids.delete(id);
  else for (const id of order) ids.add(id);
  return { ids, anchor: order[0] ?? selection.anchor };
}

/** The selection without what is gone. The same object if nothing is. */
export function prune(selection: Selection, exists: (id: SampleId) => boolean): Selection {
  const ids = [...selection.ids].filter(exists);
  const anchor = selection.anchor !== null && exists(selection.anchor) ? selection.anchor : null;
  if (ids.length === selection.ids.size && anchor === selection.anchor) return selection;
  return { ids: new Set(ids), anchor };
}

function between(order: readonly SampleId[], from: SampleId | null, to: SampleId): SampleId[] | null {
  const start = from === null ? -1 : order.indexOf(from);
  const end = order.indexOf(to);
  if (start < 0 || end < 0) return null;
  return order.slice(Math.min(start, end), Math.max(start, end) + 1);
}
