/**
 * @file What the calling thread and the compiled kernels agree on: the numbers of the jobs and the layout of the control
 * block. Read by two compilers, TypeScript's and AssemblyScript's.
 */

/** Words (32 bits) of the control block. */
export const GENERATION = 0; // counts jobs; helpers sleep on it
export const JOB = 1;
export const CHUNKS = 2;
export const NEXT = 3; // the chunk that is taken next
export const INSIDE = 4; // helpers that may be inside a chunk; the caller sleeps on it
export const ARGUMENTS = 16;
export const CONTROL_WORDS = 64;

export const GEMM = 1;
export const ADD_PARTS = 2;
export const CONV_FILTER = 3;
export const CONV_INPUT = 4;
export const PACK_FILTER = 5;
export const DEPTHWISE_INPUT = 6;
export const DEPTHWISE_FILTER = 7;
export const ACTIVATE = 8;
export const ACTIVATION_GRADIENT = 9;
export const COMBINE = 10;
export const SUM_ROWS = 11;
export const SPREAD = 12;
export const SCALE_GRADIENT = 13;
export const SEGMENT_SUM = 14;
export const ADAMW = 15;
export const CONV_FORWARD = 16;
export const DEPTHWISE_FORWARD = 17;
export const SUM_PRODUCTS = 18;

/** Elements of a chunk of jobs over flat memory; a multiple of 4. */
export const FLAT_CHUNK = 32768;

/** Kinds of activations. A clamp has two limits. */
export const CLAMP = 0;
export const HARD_SWISH = 1;
export const HARD_SIGMOID = 2;

/** Operations of COMBINE. */
export const MULTIPLY = 0;
export const ADD = 1;
export const SUBTRACT = 2;
