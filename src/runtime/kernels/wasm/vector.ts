/** @file Four floats at a time. */

/** `a * b + c`, in one rounding where the binary is built for it. */
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The first `count` (1 to 4) floats of a vector, for the end of a row. */
export function storeFirst(pointer: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(pointer, value);
    return;
  }
  store<f32>(pointer, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(pointer, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(pointer, f32x4.extract_lane(value, 2), 8);
}

/** `count` (1 to 4) floats, and zeros. Never reads beyond them. */
export function loadFirst(pointer: usize, count: i32): v128 {
  if (count >= 4) return v128.load(pointer);
  let value = f32x4.replace_lane(f32x4.splat(0), 0, load<f32>(pointer));
  if (count > 1) value = f32x4.replace_lane(value, 1, load<f32>(pointer, 4));
  if (count > 2) value = f32x4.replace_lane(value, 2, load<f32>(pointer, 8));
  return value;
}

export function sumLanes(value: v128): f32 {
  return (
    f32x4.extract_lane(value, 0) +
    f32x4.extract_lane(value, 1) +
    (f32x4.extract_lane(value, 2) + f32x4.extract_lane(value, 3))
  );
}
