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
export const SEGMENT_SUM = 8;
