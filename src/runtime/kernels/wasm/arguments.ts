/** @file Reading the arguments of a job: words of 32 bits, written by the calling thread. */

/** A pointer or a size. */
export function at(args: usize, index: i32): usize {
  return <usize>load<u32>(args + ((<usize>index) << 2));
}

export function floatAt(args: usize, index: i32): f32 {
  return load<f32>(args + ((<usize>index) << 2));
}
