import { type Rule, type Step, TO_END } from './step.ts';

/** What one entry of begin, end and strides does. */
interface Entry {
  readonly at: number;
  readonly kind: 'cut' | 'pick' | 'new' | 'rest';
}

function entriesOf(step: Step, count: number): Entry[] {
  const bit = (mask: string, at: number) => ((step.attributes.number(mask, 0) >> at) & 1) === 1;
  return Array.from({ length: count }, (_, at) => ({
    at,
    kind: bit('ellipsis_mask', at)
      ? 'rest'
      : bit('new_axis_mask', at)
        ? 'new'
        : bit('shrink_axis_mask', at)
          ? 'pick'
          : 'cut',
  }));
}

/** Axes of entries by a count from the start, after the ellipsis from the end (negative). */
function axesOf(entries: readonly Entry[], counts: (entry: Entry) => boolean): Map<Entry, number> {
  const axes = new Map<Entry, number>();
  const rest = entries.findIndex(({ kind }) => kind === 'rest');
  const front = (rest === -1 ? entries : entries.slice(0, rest)).filter(counts);
  front.forEach((entry, axis) => axes.set(entry, axis));
  const back = rest === -1 ? [] : entries.slice(rest + 1).filter(counts);
  back.forEach((entry, i) => axes.set(entry, i - back.length));
  return axes;
}

/** Starts or ends for the chosen entries: a constant, or nodes where the input is computed. */
function bounds(
  step: Step,
  input: number,
  entries: readonly Entry[],
  total: number,
  fixed: (entry: Entry) => number | null,
): string {
  const known = step.known(input);
  if (known !== null) return step.ints(entries.map((entry) => fixed(entry) ?? known[entry.at] ?? 0));
  const positions = entries.map(({ at }) => at);
  const given =
    positions.length === total
      ? step.input(input)
      : step.temp('Gather', [step.input(input), step.ints(positions)], { axis: 0 });
  if (entries.every((entry) => fixed(entry) === null)) return given;
  const isFixed = step.temp('Cast', [step.ints(entries.map((entry) => Number(fixed(entry) !== null)))], {
    to: 'bool',
  });
  return step.temp('Where', [isFixed, step.ints(entries.map((entry) => fixed(entry) ?? 0)), given]);
}

/**
 * StridedSlice as Slice, Squeeze and Unsqueeze. Source of the masks:
 * https://www.tensorflow.org/api_docs/python/tf/strided_slice.
 */
export const stridedSlice: Rule = (step) => {
  const strides = step.constant(3, 'strides');
  const entries = entriesOf(step, strides.length);
  if (entries.filter(({ kind }) => kind === 'rest').length > 1) throw step.refuse('has two ellipses');
  const used = entries.filter(({ kind }) => kind === 'cut' || kind === 'pick');
  const axes = axesOf(entries, (entry) => used.includes(entry));
  const bit = (mask: string, { at }: Entry) => ((step.attributes.number(mask, 0) >> at) & 1) === 1;
  const forward = ({ at }: Entry) => (strides[at] ?? 1) > 0;
  const starts = bounds(step, 1, used, strides.length, (entry) =>
    entry.kind === 'cut' && bit('begin_mask', entry) ? (forward(entry) ? 0 : TO_END) : null,
  );
  const ends = endsOf(step, used, starts, strides.length, (entry) =>
    bit('end_mask', entry) ? (forward(entry) ? TO_END : -TO_END) : null,
  );
  const steps = used.map(({ at, kind }) => (kind === 'pick' ? 1 : (strides[at] ?? 1)));
  let value = step.input(0);
  if (used.length > 0) {
    const along = step.ints(used.map((entry) => axes.get(entry) ?? 0));
    value = step.temp('Slice', [value, starts, ends, along, step.ints(steps)]);
  }
  const picked = used.filter(({ kind }) => kind === 'pick').map((entry) => axes.get(entry) ?? 0);
  if (picked.length > 0) value = step.temp('Squeeze', [value, step.ints(picked)]);
  const made = axesOf(entries, ({ kind }) => kind === 'cut' || kind === 'new');
  const added = entries.filter(({ kind }) => kind === 'new').map((entry) => made.get(entry) ?? 0);
  if (added.length > 0) value = step.temp('Unsqueeze', [value, step.ints(added)]);
  step.emit('Identity', [value]);
};

/** One that is picked ends after itself; the last one (-1) at the end. */
function endsOf(
  step: Step,
  used: readonly Entry[],
  starts: string,
  total: number,
  fixed: (entry: Entry) => number | null,
): string {
  const begin = step.known(1);
  if (used.every(({ kind }) => kind === 'cut')) return bounds(step, 2, used, total, fixed);
  if (begin !== null) {
    return bounds(step, 2, used, total, (entry) => {
      if (entry.kind === 'cut') return fixed(entry);
      const at = begin[entry.at] ?? 0;
      return at === -1 ? TO_END : at + 1;
    });
  }
  const next = step.temp('Add', [starts, step.ints([1])]);
  const last = step.temp('Equal', [next, step.ints([0])]);
  const after = step.temp('Where', [last, step.ints([TO_END]), next]);
  if (used.every(({ kind }) => kind === 'pick')) return after;
  const picks = step.temp('Cast', [step.ints(used.map(({ kind }) => Number(kind === 'pick')))], {
    to: 'bool',
  });
  return step.temp('Where', [picks, after, bounds(step, 2, used, total, fixed)]);
}
