/** @file The module where threads share the memory: they take chunks of a job until none is left. */
import { runAlone } from './alone';
import { at } from './arguments';
import { runChunk } from './chunk';
import { ARGUMENTS, CHUNKS, GENERATION, INSIDE, JOB, NEXT } from './jobs';

export { runAlone };

/** Chunk number while no job is open: larger than any job's. */
const CLOSED = 0x40000000;
/** Looks at the helpers before the caller sleeps until they are done. */
const SPINS = 2000;
/** ns that the caller waits for a helper which is inside a chunk. */
const PATIENCE: i64 = 10_000_000_000;
/** The same for a page, which must not sleep, in looks: a few nanoseconds each. */
const PAGE_LOOKS: i64 = 4_000_000_000;

/** Before the first job of {@link runTogether}, and before any helper. */
export function close(control: usize): void {
  atomic.store<i32>(control + (NEXT << 2), CLOSED);
}

/**
 * Runs the job with whatever helpers come; a helper that does not come is not waited for.
 * Returns 0 if a helper took a chunk and did not bring it back: then it must be ended, and the job run again.
 */
export function runTogether(control: usize, mayBlock: i32): i32 {
  atomic.store<i32>(control + (NEXT << 2), 0);
  atomic.add<i32>(control + (GENERATION << 2), 1);
  atomic.notify(control + (GENERATION << 2), -1);
  takeChunks(control, 0);
  close(control);
  const inside = control + (INSIDE << 2);
  for (let spin = 0; spin < SPINS; spin++) if (atomic.load<i32>(inside) === 0) return 1;
  let count = atomic.load<i32>(inside);
  let looks: i64 = 0;
  while (count !== 0) {
    if (mayBlock) {
      if (atomic.wait<i32>(inside, count, PATIENCE) === 2) return 0;
    } else if (++looks > PAGE_LOOKS) return 0;
    count = atomic.load<i32>(inside);
  }
  return 1;
}

/** A helper's life: it sleeps until there is a job, and takes chunks until there are none. Never returns. */
export function serve(control: usize, thread: i32): void {
  const generation = control + (GENERATION << 2);
  const inside = control + (INSIDE << 2);
  let seen = atomic.load<i32>(generation);
  for (;;) {
    let spin = 0;
    while (atomic.load<i32>(generation) === seen) {
      if (++spin > SPINS) atomic.wait<i32>(generation, seen, -1);
    }
    seen = atomic.load<i32>(generation);
    atomic.add<i32>(inside, 1);
    takeChunks(control, thread);
    if (atomic.sub<i32>(inside, 1) === 1) atomic.notify(inside, 1);
  }
}

function takeChunks(control: usize, thread: i32): void {
  for (;;) {
    const chunk = atomic.add<i32>(control + (NEXT << 2), 1);
    if (chunk >= <i32>at(control, CHUNKS)) return;
    runChunk(<i32>at(control, JOB), control + (ARGUMENTS << 2), chunk, thread);
  }
}
