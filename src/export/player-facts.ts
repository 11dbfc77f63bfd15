/** @file What the page of an exported model reads from its own file. */

/** Ids of the elements that hold data; the player looks for them. */
export const FACTS_ID = 'graft-facts';
export const MODEL_ID = 'graft-model';

export interface PlayerFacts {
  readonly title: string;
  readonly language: string;
  readonly labels: readonly string[];
  /** Side of the square that the network sees, px. */
  readonly inputSize: number;
  /** Answers with a smaller probability are withheld, 0..1. */
  readonly abstainBelow: number;
  readonly base: { readonly name: string; readonly licence: string; readonly source: string };
  /** The app's answers to the patterns of `test-vectors.ts`, and what this file's may be off by. */
  readonly expected: readonly (readonly number[])[];
  readonly tolerance: number;
}

/** What the page tells a page that it is shown in, when it has asked itself about the patterns. */
export interface SelfTest {
  readonly graft: 'self-test';
  readonly checked: number;
  readonly agreeing: number;
  readonly largestDifference: number;
}
