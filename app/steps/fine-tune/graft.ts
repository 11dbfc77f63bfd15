import { tunedFor, type OpenPlan, type TrainSettings } from '../../../src/index.ts';

/** How many blocks below the head learn. */
export function openBlocks(open: OpenPlan, blocks: number): number {
  switch (open.kind) {
    case 'head':
      return 0;
    case 'last':
      return Math.min(open.blocks, blocks);
    case 'all':
      return blocks;
  }
}

/** The plan that opens the last `count` of `blocks` blocks. */
export function planFor(count: number, blocks: number): OpenPlan {
  if (count <= 0) return { kind: 'head' };
  return count >= blocks ? { kind: 'all' } : { kind: 'last', blocks: count };
}

/**
 * The settings with another plan. Rates and lengths that belong to the kind of plan come along, unless the person has
 * changed one of them.
 */
export function withPlan(settings: TrainSettings, open: OpenPlan): TrainSettings {
  if (settings.open.kind === open.kind) return { ...settings, open };
  const before = tunedFor(settings.open);
  const untouched = Object.entries(before).every(
    ([key, value]) => settings[key as keyof typeof before] === value,
  );
  return untouched ? { ...settings, ...tunedFor(open), open } : { ...settings, open };
}
