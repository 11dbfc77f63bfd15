import type { GraftPage } from './graft-page.ts';

export class EvaluateStep {
  readonly #graft: GraftPage;

  constructor(graft: GraftPage) {
    this.#graft = graft;
  }

  open(): Promise<void> {
    return this.#graft.goTo('evaluate');
  }
}
