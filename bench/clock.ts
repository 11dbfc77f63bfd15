/** @file Times of what a page computes: by the clock, and as CPU time of all threads. */
import { readFile, writeFile } from 'node:fs/promises';
import type { CDPSession, Page } from '@playwright/test';

export interface Times {
  readonly ms: number;
  /** Of a run on average, all threads together: on a machine that others use too, this tells more than the clock. */
  readonly cpuMs: number;
}

export interface Clock {
  readonly page: Page;
  readonly session: CDPSession;
}

export type Measurement = () => Promise<Times>;

/** CPU time of all pages' processes, s; only one of them works. */
export async function cpuSeconds({ session }: Clock): Promise<number> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** Measurements in turn, again and again: a change of the machine's load meets all. One list of times for each. */
export async function alternate(count: number, measurements: readonly Measurement[]): Promise<Times[][]> {
  const times = measurements.map((): Times[] => []);
  for (let i = 0; i < count; i++) {
    for (const [index, measure] of measurements.entries()) times[index]?.push(await measure());
  }
  return times;
}

export const best = (times: readonly Times[]): Times => ({
  ms: Math.min(...times.map(({ ms }) => ms)),
  cpuMs: Math.min(...times.map(({ cpuMs }) => cpuMs)),
});

export const middle = (times: readonly Times[]): Times => ({
  ms: median(times.map(({ ms }) => ms)),
  cpuMs: median(times.map(({ cpuMs }) => cpuMs)),
});

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}

/** Memory of the largest of the pages' processes, bytes; `null` where the system does not tell (it does on Linux). */
export interface ProcessMemory {
  readonly now: number;
  /** The most since {@link forgetPeak}. */
  readonly peak: number;
}

export async function processMemory(clock: Clock): Promise<ProcessMemory | null> {
  try {
    const found = await Promise.all((await rendererIds(clock)).map(memoryOf));
    return found.reduce((most, one) => (one.now > most.now ? one : most));
  } catch {
    return null;
  }
}

/** Lets the peak be what is held now. */
export async function forgetPeak(clock: Clock): Promise<void> {
  // 5: "the peak resident set size" of proc(5). Where it cannot be written, there is nothing to read later either.
  for (const id of await rendererIds(clock)) await writeFile(`/proc/${id}/clear_refs`, '5').catch(() => null);
}

async function rendererIds({ session }: Clock): Promise<number[]> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

async function memoryOf(id: number): Promise<ProcessMemory> {
  const status = await readFile(`/proc/${id}/status`, 'utf8');
  const bytes = (field: string) =>
    1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}
