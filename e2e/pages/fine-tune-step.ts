import type { GraftPage } from './graft-page.ts';

export class FineTuneStep {
  readonly #graft: GraftPage;

  constructor(graft: GraftPage) {
    this.#graft = graft;
  }

  open(): Promise<void> {
    return this.#graft.goTo('fine-tune');
  }
}
