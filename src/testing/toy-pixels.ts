import type { InputSource, PixelSource } from '../core/pixel-source.ts';
import { createRng } from '../core/rng.ts';

/**
 * Pictures made of an id: `class/number`. Each class has a colour, drowned in noise; a variant adds other noise, so
 * that the same request always gives the same pixels.
 */
export function createToyPixels(noise = 60): PixelSource & InputSource & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    concurrency: 2,
    input(id, input, options) {
      return this.pixels(id, input.kind === 'pixels' ? input.size : 0, options);
    },
    async pixels(id, size, { variant, signal } = {}) {
      await Promise.resolve();
      signal?.throwIfAborted();
      asked.push(id);
      const [label = '0', number = '0'] = id.split('/');
      const rng = createRng(Number(number) * 97 + Number(label) * 31 + (variant?.seed ?? 0));
      return Uint8Array.from({ length: size * size * 3 }, (_, i) => {
        const colour = i % 3 === Number(label) % 3 ? 180 : 90;
        return Math.max(0, Math.min(255, Math.round(colour + noise * (2 * rng.next() - 1))));
      });
    },
  };
}
