/** @file Hands on the graphics devices of the engine's thread, which has no global name for them. */
import type { Page } from '@playwright/test';

export type Device = 'webgpu' | 'webgl';

interface Watched {
  graftDevices: { destroy(): void }[];
  graftContexts: WebGL2RenderingContext[];
}

/** Before the page is opened. Remembers every device and context that a worker of the page gets. */
export function watchDevices(page: Page): void {
  page.on('worker', (worker) => {
    worker
      .evaluate(() => {
        const watched = globalThis as unknown as Watched;
        watched.graftDevices = [];
        watched.graftContexts = [];
        const adapter = (globalThis as { GPUAdapter?: { prototype: object } }).GPUAdapter?.prototype;
        const request: unknown = adapter && Reflect.get(adapter, 'requestDevice');
        if (adapter && typeof request === 'function') {
          Reflect.set(adapter, 'requestDevice', async function (this: unknown, ...args: unknown[]) {
            const device = (await Reflect.apply(request, this, args)) as { destroy(): void };
            watched.graftDevices.push(device);
            return device;
          });
        }
        const get: unknown = Reflect.get(OffscreenCanvas.prototype, 'getContext');
        if (typeof get !== 'function') return;
        Reflect.set(OffscreenCanvas.prototype, 'getContext', function (this: unknown, ...args: unknown[]) {
          const context: unknown = Reflect.apply(get, this, args);
          if (context instanceof WebGL2RenderingContext) watched.graftContexts.push(context);
          return context;
        });
      })
      // A worker that is gone already has no device to lose.
      .catch(() => undefined);
  });
}

/** Loses every device of a kind that the engine holds. @throws {Error} if it holds none. */
export async function loseDeviceOf(page: Page, device: Device): Promise<void> {
  const lost = await Promise.all(
    page.workers().map((worker) =>
      worker
        .evaluate((kind) => {
          const { graftDevices, graftContexts } = globalThis as unknown as Watched;
          if (kind === 'webgpu') for (const one of graftDevices) one.destroy();
          else for (const one of graftContexts) one.getExtension('WEBGL_lose_context')?.loseContext();
          return kind === 'webgpu' ? graftDevices.length : graftContexts.length;
        }, device)
        .catch(() => 0),
    ),
  );
  if (lost.every((count) => count === 0)) throw new Error(`The engine holds no ${device} device.`);
}
