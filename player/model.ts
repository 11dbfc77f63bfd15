import '@tensorflow/tfjs-backend-cpu';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import simd from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import type { PlayerFacts } from '../src/export/player-facts.ts';
import { type Answer, createAnswer } from '../src/export/verify.ts';
import { importOnnx } from '../src/graph/onnx/import-onnx.ts';

/** The model of the file, ready to answer. It lives as long as the page. */
export async function openModel(onnx: Uint8Array<ArrayBuffer>, { inputSize }: PlayerFacts): Promise<Answer> {
  tf.enableProdMode();
  // Threads need headers that a file has not.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setThreadsCount(1);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': simd,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
  });
  const hasSimd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) as boolean;
  if (!hasSimd || !(await tf.setBackend('wasm'))) await tf.setBackend('cpu');
  return createAnswer(await importOnnx(onnx), inputSize).answer;
}
