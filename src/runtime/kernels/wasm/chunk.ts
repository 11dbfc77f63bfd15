/** @file One function per job. */
import { convFilter, convInput, packFilter } from './conv';
import { depthwiseFilter, depthwiseInput } from './depthwise';
import { gemm } from './gemm-job';
import {
  ADD_PARTS,
  CONV_FILTER,
  CONV_INPUT,
  DEPTHWISE_FILTER,
  DEPTHWISE_INPUT,
  GEMM,
  PACK_FILTER,
} from './jobs';
import { addParts } from './parts';

/** Does one chunk of a job; `thread` picks the scratch memory. A chunk may be done twice: it only overwrites. */
export function runChunk(job: i32, args: usize, chunk: i32, thread: i32): void {
  switch (job) {
    case GEMM:
      gemm(args, chunk, thread);
      break;
    case ADD_PARTS:
      addParts(args, chunk);
      break;
    case CONV_FILTER:
      convFilter(args, chunk, thread);
      break;
    case PACK_FILTER:
      packFilter(args, chunk);
      break;
    case CONV_INPUT:
      convInput(args, chunk, thread);
      break;
    case DEPTHWISE_INPUT:
      depthwiseInput(args, chunk, thread);
      break;
    case DEPTHWISE_FILTER:
      depthwiseFilter(args, chunk);
      break;
    default:
      unreachable();
  }
}
