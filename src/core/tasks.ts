/** @file What can be learned: one row for each task. A row says what its samples are; `src/data/kinds` knows those. */

/** What a sample is, as a person brings it. */
export const SAMPLE_KINDS = ['picture', 'sound', 'text'] as const;
export type SampleKind = (typeof SAMPLE_KINDS)[number];

export const TASK_IDS = ['image-classification', 'sound-classification', 'text-classification'] as const;
export type TaskId = (typeof TASK_IDS)[number];

export interface Task {
  readonly sample: SampleKind;
  /** The model that is chosen already. */
  readonly firstModel: string;
}

export const TASKS: Readonly<Record<TaskId, Task>> = {
  'image-classification': { sample: 'picture', firstModel: 'mobilenet-v3-small' },
  'sound-classification': { sample: 'sound', firstModel: 'speech-embedding' },
  'text-classification': { sample: 'text', firstModel: 'use-lite' },
};
