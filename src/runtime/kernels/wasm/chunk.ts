/** @file One function per job. */
import { scaleGradient, spread, sumProducts, sumRows } from './channels';
import { convFilter, convForward, convInput, packFilter } from './conv';
import { depthwiseFilter, depthwiseForward, depthwiseInput } from './depthwise';
import { activate, activationGradient, combine } from './elementwise';
import { gemm } from './gemm-job';
import {
  ACTIVATE,
  ACTIVATION_GRADIENT,
  ADAMW,
  ADD_PARTS,
  COMBINE,
  CONV_FILTER,
  CONV_FORWARD,
  CONV_INPUT,
  DEPTHWISE_FILTER,
  DEPTHWISE_FORWARD,
  DEPTHWISE_INPUT,
  GEMM,
  PACK_FILTER,
  SCALE_GRADIENT,
  SEGMENT_SUM,
  SPREAD,
  SUM_PRODUCTS,
  SUM_ROWS,
} from './jobs';
import { addParts } from './parts';
import { adamW, segmentSum } from './training';

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
    case ACTIVATE:
      activate(args, chunk);
      break;
    case ACTIVATION_GRADIENT:
      activationGradient(args, chunk);
      break;
    case COMBINE:
      combine(args, chunk);
      break;
    case SUM_ROWS:
      sumRows(args, chunk);
      break;
    case SPREAD:
      spread(args, chunk);
      break;
    case SCALE_GRADIENT:
      scaleGradient(args, chunk);
      break;
    case SEGMENT_SUM:
      segmentSum(args, chunk);
      break;
    case ADAMW:
      adamW(args);
      break;
    case CONV_FORWARD:
      convForward(args, chunk, thread);
      break;
    case DEPTHWISE_FORWARD:
      depthwiseForward(args, chunk, thread);
      break;
    case SUM_PRODUCTS:
      sumProducts(args, chunk);
      break;
    default:
      unreachable();
  }
}
