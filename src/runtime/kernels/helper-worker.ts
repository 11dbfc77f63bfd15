/** @file The thread of a helper. It never returns to its event loop: it is ended from outside. */
import type { HelperStart } from './helpers.ts';
import type { KernelExports } from './runner.ts';

self.addEventListener('message', ({ data }: MessageEvent<HelperStart>) => {
  const { module, memory, control, thread } = data;
  const { serve } = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  self.postMessage('ready');
  serve?.(control, thread);
});
