import { afterAll, expect, it } from 'vitest';
import { createWorkerClient } from '../client/client.ts';
import { createRng } from '../core/rng.ts';

const client = createWorkerClient(
  new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' }),
);
afterAll(() => client.close());

const THINGS = 24;
const VIEWS = 4;

/** One view of a thing: its pattern of colours, a little moved. */
async function view(thing: number, shift: number): Promise<Blob> {
  const rng = createRng(thing + 1);
  const canvas = new OffscreenCanvas(96, 96);
  const context = canvas.getContext('2d')!;
  for (let cell = 0; cell < 36; cell++) {
    context.fillStyle = `hsl(${rng.below(360)} 70% ${20 + rng.below(60)}%)`;
    context.fillRect((cell % 6) * 16 + shift, Math.floor(cell / 6) * 16 + shift, 16, 16);
  }
  return canvas.convertToBlob({ type: 'image/png' });
}

it(
  'shows what a leak pretends: labels by chance, several views of each thing',
  { timeout: 180_000 },
  async () => {
    await client.call('project.new', {});
    const labels = createRng(5);
    const lines = ['file,label,thing'];
    const files = [];
    for (let thing = 0; thing < THINGS; thing++) {
      const label = labels.next() < 0.5 ? 'heads' : 'tails';
      for (let shift = 0; shift < VIEWS; shift++) {
        const name = `${thing}-${shift}.png`;
        lines.push(`${name},${label},${thing}`);
        files.push({ path: name, file: new File([await view(thing, shift)], name) });
      }
    }
    files.push({ path: 'labels.csv', file: new File([lines.join('\n')], 'labels.csv') });
    const { table } = await client.call('data.preview', { files });
    expect(table?.mapping).toEqual({ file: 0, label: 1, side: null, group: null });
    await client.call('data.import', { files, table: { file: 0, label: 1, side: null, group: 2 } });
    const split = await client.call('data.split', { settings: { validation: 0.2, test: 0.2, seed: 3 } });
    expect(split.groupedSamples).toBe(THINGS * VIEWS);
    const result = await client.call('data.crossValidate', { folds: 5, seed: 1 });
    expect(result.samples).toBe(split.train.length + split.validation.length);
    expect(result.related).toBe(result.samples);
    expect(result.guarded.accuracies).toHaveLength(5);
    // Nothing can be learned from labels by chance but the things themselves.
    expect(result.guarded.accuracy).toBeLessThan(0.65);
    expect(result.unguarded?.accuracy).toBeGreaterThan(result.guarded.accuracy + 0.15);
  },
);
