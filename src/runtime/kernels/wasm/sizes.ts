/** @file The sizes of a convolution among the arguments of its jobs; `conv-geometry.ts` writes them in this order. */
import { at } from './arguments';

export function inHeight(args: usize): i32 {
  return <i32>at(args, 8);
}

export function inWidth(args: usize): i32 {
  return <i32>at(args, 9);
}

export function inChannels(args: usize): i32 {
  return <i32>at(args, 10);
}

export function outHeight(args: usize): i32 {
  return <i32>at(args, 11);
}

export function outWidth(args: usize): i32 {
  return <i32>at(args, 12);
}

export function outChannels(args: usize): i32 {
  return <i32>at(args, 13);
}

export function filterHeight(args: usize): i32 {
  return <i32>at(args, 14);
}

export function filterWidth(args: usize): i32 {
  return <i32>at(args, 15);
}

export function strideHeight(args: usize): i32 {
  return <i32>at(args, 16);
}

export function strideWidth(args: usize): i32 {
  return <i32>at(args, 17);
}

export function dilationHeight(args: usize): i32 {
  return <i32>at(args, 18);
}

export function dilationWidth(args: usize): i32 {
  return <i32>at(args, 19);
}

export function padTop(args: usize): i32 {
  return <i32>at(args, 20);
}

export function padLeft(args: usize): i32 {
  return <i32>at(args, 21);
}
