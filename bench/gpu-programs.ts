import * as tf from '@tensorflow/tfjs-core';

type Run = (...given: unknown[]) => unknown;

/** Where the back-ends of the GPU start a program. */
const METHODS = { webgl: 'runWebGLProgram', webgpu: 'runWebGPUProgram' } as const;

let started = 0;

/** From now on {@link programsStarted} counts what the active back-end starts on the GPU. */
export function countPrograms(): void {
  const name = tf.getBackend();
  if (name !== 'webgl' && name !== 'webgpu') return;
  const backend = tf.backend() as unknown as Record<string, Run>;
  const own = backend[METHODS[name]];
  if (own === undefined) throw new Error(`${name} starts its programs in another way.`);
  backend[METHODS[name]] = (...given) => {
    started++;
    return own.apply(backend, given);
  };
}

/** Since {@link countPrograms}; 0 elsewhere. */
export function programsStarted(): number {
  return started;
}
