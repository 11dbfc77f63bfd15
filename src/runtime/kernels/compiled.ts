/** @file The compiled kernels (`scripts/kernels.mjs` makes them), in the variant that this engine can run. */

/** In the order of preference. Each is a chunk of its own, so that one is loaded and the others are not. */
const SHARED = [
  () => import('./wasm/build/shared-relaxed.wasm?url&inline'),
  () => import('./wasm/build/shared-simd.wasm?url&inline'),
];
const ALONE = [
  () => import('./wasm/build/relaxed.wasm?url&inline'),
  () => import('./wasm/build/simd.wasm?url&inline'),
];

/** The kernels for a memory that is shared between threads or is not; `null` where there is no SIMD. */
export async function loadKernels(shared: boolean): Promise<WebAssembly.Module | null> {
  for (const load of shared ? SHARED : ALONE) {
    const bytes = decodeDataAddress((await load()).default);
    if (WebAssembly.validate(bytes)) return WebAssembly.compile(bytes);
  }
  return null;
}

function decodeDataAddress(address: string): Uint8Array<ArrayBuffer> {
  const text = atob(address.slice(address.indexOf(',') + 1));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
