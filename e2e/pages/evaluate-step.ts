import { expect, type Locator } from '@playwright/test';
import { anyCount, like } from './copy.ts';
import type { GraftPage } from './graft-page.ts';

export class EvaluateStep {
  readonly #graft: GraftPage;

  constructor(graft: GraftPage) {
    this.#graft = graft;
  }

  open(): Promise<void> {
    return this.#graft.goTo('evaluate');
  }

  /** The one sentence with the result. */
  get headline(): Locator {
    const sentence = this.#graft.say('evaluate:result', { pictures: '*', correct: '*', low: '*', high: '*' });
    return this.#graft.page.getByText(like(sentence));
  }

  /** How many pictures of the exam were right, and of how many. Waits for the exam to end. */
  async score(): Promise<{ right: number; total: number; accuracy: number }> {
    await expect(this.headline).toBeVisible({ timeout: 60_000 });
    const numbers = ((await this.headline.textContent()) ?? '').match(/\d+/g)?.map(Number) ?? [];
    const [total = 0, right = 0] = numbers;
    return { right, total, accuracy: total === 0 ? 0 : right / total };
  }

  get matrix(): Locator {
    return this.#graft.page.getByRole('grid', { name: this.#graft.say('evaluate:matrix.label') });
  }

  /** The cell of a true class and an answer. */
  cell(truth: string, predicted: string): Locator {
    const { say } = this.#graft;
    const name = anyCount(
      (key, values) => say(key, { ...values, truth, predicted }),
      truth === predicted ? 'evaluate:matrix.cellRight' : 'evaluate:matrix.cell',
    );
    return this.matrix.getByRole('gridcell', { name });
  }

  /** The list of wrong pictures, or of those of a cell, a bin or a point. */
  get mistakes(): Locator {
    return this.#graft.page.getByRole('region', { name: this.#graft.say('evaluate:mistakes.title') });
  }
}
