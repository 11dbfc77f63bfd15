import { expect, it } from 'vitest';
import { mainThreadTasks, summarise } from './main-thread.ts';

it('counts the tasks of the main thread of the page, and of no other', () => {
  const task = (pid: number, tid: number, dur: number) => ({ name: 'RunTask', ph: 'X', pid, tid, dur });
  const named = (pid: number, tid: number, name: string) => ({
    name: 'thread_name',
    ph: 'M',
    pid,
    tid,
    args: { name },
  });
  const events = [
    {
      name: 'TracingStartedInBrowser',
      ph: 'I',
      pid: 1,
      tid: 1,
      args: { data: { frames: [{ processId: 7, url: 'u' }] } },
    },
    named(7, 1, 'CrRendererMain'),
    named(7, 2, 'DedicatedWorker thread'),
    named(8, 1, 'CrRendererMain'),
    task(7, 1, 2000),
    task(7, 2, 900_000),
    task(8, 1, 800_000),
    task(7, 1, 60_000),
  ];
  expect(mainThreadTasks(events, 'u')).toEqual([2, 60]);
});

it('takes the 99th percentile by nearest rank', () => {
  const tasks = Array.from({ length: 200 }, (_, index) => index + 1);
  expect(summarise(tasks)).toEqual({ tasks: 200, longestMs: 200, percentile99Ms: 198, above50Ms: 150 });
  expect(summarise([])).toEqual({ tasks: 0, longestMs: 0, percentile99Ms: 0, above50Ms: 0 });
});
