/** @file The module where memory is not shared: one thread does all chunks. */
import { at } from './arguments';
import { runChunk } from './chunk';
import { ARGUMENTS, CHUNKS, JOB } from './jobs';

/** Runs the job of the control block on this thread alone. */
export function runAlone(control: usize): void {
  const chunks = <i32>at(control, CHUNKS);
  const job = <i32>at(control, JOB);
  for (let chunk = 0; chunk < chunks; chunk++) runChunk(job, control + (ARGUMENTS << 2), chunk, 0);
}
