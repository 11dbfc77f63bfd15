import { parseArgs } from 'node:util';
import { BACKENDS } from '../src/core/device.ts';
import { TASK_IDS, TASKS, type TaskId } from '../src/core/tasks.ts';
import { ALL_WEIGHTS, type BackendName, type OpenPlan, type Tuning } from '../src/index.ts';

export const COMMANDS = [
  'speed',
  'page',
  'accuracy',
  'kernels',
  'graph',
  'doctor',
  'evaluate',
  'data',
] as const;
export type Command = (typeof COMMANDS)[number];

const isCommand = (name: string): name is Command => COMMANDS.some((command) => command === name);

/** Parts of `evaluate` that can be measured alone, in the order in which they run. */
export const PARTS = ['why', 'map', 'exam'] as const;
export type Part = (typeof PARTS)[number];

/** The same of `data`. */
export const DATA_PARTS = ['pictures', 'table', 'zip', 'copies'] as const;
export type DataPart = (typeof DATA_PARTS)[number];

export interface BenchOptions {
  readonly command: Command;
  readonly data: string | null;
  readonly split: string | null;
  readonly open: OpenPlan;
  readonly task: TaskId;
  /** Texts to learn from; `null` is all. */
  readonly train: number | null;
  /** Id of the catalogue; `null` is the task's first choice. */
  readonly model: string | null;
  readonly tuning: Tuning;
  readonly seeds: number;
  readonly json: string | null;
  /** Also the growth over 5 000 pictures, which takes minutes. */
  readonly long: boolean;
  readonly rebuild: boolean;
  readonly epochs: number | null;
  /** Share of the training pictures kept aside for early stopping. */
  readonly validation: number | null;
  /** Of the bench of networks. */
  readonly backends: readonly BackendName[];
  /** Of the bench of evaluation. */
  readonly parts: readonly Part[];
  /** Of the bench of data, and a share of its sizes. */
  readonly dataParts: readonly DataPart[];
  readonly scale: number;
}

export const USAGE = `npm run bench -- [--json FILE] [--long] [--no-build]
npm run bench -- page [--json FILE] [--no-build]
npm run bench -- accuracy --data DIR [--split FILE] [--open head|last:K|all] [--seeds N] [--json FILE]
                          [--task TASK] [--train N] [--model ID] [--epochs N] [--validation SHARE]
                          [--tune weights|lora:RANK|bias] [--names PATTERN]
npm run bench -- doctor --data DIR [--seeds N] [--json FILE] [--no-build]
npm run bench -- evaluate [--part why,map,exam] [--json FILE] [--no-build]
npm run bench -- evaluate --data DIR_OF_SETS [--seeds N] [--open head|last:K|all] [--model ID] [--json FILE]
npm run bench -- data [--scale SHARE] [--part pictures,table,zip,copies] [--json FILE] [--no-build]
npm run bench -- kernels [--model ID] [--json FILE] [--no-build]
npm run bench -- graph [--backends wasm,cpu,webgl,webgpu] [--json FILE] [--no-build]`;

/** @throws {Error} naming the option that cannot be read. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      split: { type: 'string' },
      open: { type: 'string', default: 'head' },
      train: { type: 'string' },
      task: { type: 'string', default: 'image-classification' },
      model: { type: 'string' },
      tune: { type: 'string', default: 'weights' },
      names: { type: 'string', default: '' },
      seeds: { type: 'string', default: '1' },
      json: { type: 'string' },
      long: { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      epochs: { type: 'string' },
      validation: { type: 'string' },
      backends: { type: 'string', default: 'wasm' },
      part: { type: 'string' },
      scale: { type: 'string', default: '1' },
    },
  });
  const command = positionals[0] ?? 'speed';
  if (!isCommand(command)) throw new Error(`There is no bench "${command}".`);
  if ((command === 'accuracy' || command === 'doctor') && values.data === undefined) {
    throw new Error(`${command} needs --data DIR.`);
  }
  return {
    command,
    data: values.data ?? null,
    split: values.split ?? null,
    open: readPlan(values.open),
    task: readTask(values.task),
    train: values.train === undefined ? null : readNumber('--train', values.train, 4, 1e6),
    model: values.model ?? null,
    tuning: { ...readTuning(values.tune), names: values.names },
    seeds: readNumber('--seeds', values.seeds, 1, 100),
    json: values.json ?? null,
    long: values.long,
    rebuild: !values['no-build'],
    epochs: values.epochs === undefined ? null : readNumber('--epochs', values.epochs, 1, 10_000),
    validation:
      values.validation === undefined ? null : readNumber('--validation', values.validation, 0, 0.5),
    backends: values.backends.split(',').map(readBackend),
    parts: command === 'data' ? PARTS : readParts(values.part, PARTS),
    dataParts: command === 'data' ? readParts(values.part, DATA_PARTS) : DATA_PARTS,
    scale: readNumber('--scale', values.scale, 0.001, 1),
  };
}

function readTask(text: string): TaskId {
  const found = TASK_IDS.find((id) => id === text);
  if (found === undefined) throw new Error(`--task is ${Object.keys(TASKS).join(' or ')}, not "${text}".`);
  return found;
}

function readPlan(text: string): OpenPlan {
  if (text === 'head' || text === 'all') return { kind: text };
  const blocks = Number(/^last:(\d+)$/.exec(text)?.[1] ?? 0);
  if (blocks < 1) throw new Error(`--open is head, last:K or all, not "${text}".`);
  return { kind: 'last', blocks };
}

/** Alpha is twice the rank, as in the defaults. */
function readTuning(text: string): Tuning {
  if (text === 'weights' || text === 'bias') return { ...ALL_WEIGHTS, kind: text };
  const rank = Number(/^lora(?::(\d+))?$/.exec(text)?.[1] ?? (text === 'lora' ? ALL_WEIGHTS.rank : 0));
  if (rank < 1 || rank > 64) {
    throw new Error(`--tune is weights, lora:RANK (1 to 64) or bias, not "${text}".`);
  }
  return { ...ALL_WEIGHTS, kind: 'lora', rank, alpha: 2 * rank };
}

function readBackend(text: string): BackendName {
  const found = BACKENDS.find((name) => name === text);
  if (found === undefined) throw new Error(`--backends are ${BACKENDS.join(', ')}, not "${text}".`);
  return found;
}

/** All of them where none is named. */
function readParts<P extends string>(given: string | undefined, parts: readonly P[]): readonly P[] {
  if (given === undefined) return parts;
  return given.split(',').map((text) => {
    const found = parts.find((name) => name === text);
    if (found === undefined) throw new Error(`--part is of ${parts.join(', ')}, not "${text}".`);
    return found;
  });
}

function readNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!(value >= least && value <= most)) {
    throw new Error(`${option} is a number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}

/** The plan as it is written on the command line. */
export function planName(plan: OpenPlan): string {
  return plan.kind === 'last' ? `last:${plan.blocks}` : plan.kind;
}
