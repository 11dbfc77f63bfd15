import { expect, type Locator } from '@playwright/test';
import { like } from './copy.ts';
import type { GraftPage } from './graft-page.ts';

type Preset = 'quick' | 'deep' | 'all';

export class FineTuneStep {
  readonly #graft: GraftPage;

  constructor(graft: GraftPage) {
    this.#graft = graft;
  }

  open(): Promise<void> {
    return this.#graft.goTo('fine-tune');
  }

  button(name: 'pause' | 'resume' | 'stop' | 'discard'): Locator {
    const label = this.#graft.say(`fineTune:running.${name}`);
    return this.#graft.page.getByRole('button', { name: label, exact: true });
  }

  get teachButton(): Locator {
    const { say, page } = this.#graft;
    return page
      .getByRole('button', { name: say('fineTune:teach'), exact: true })
      .or(page.getByRole('button', { name: say('fineTune:teachAgain'), exact: true }));
  }

  async choosePreset(preset: Preset): Promise<void> {
    const name = this.#graft.say(`fineTune:presets.${preset}.name`);
    await this.#graft.page
      .getByRole('group', { name: this.#graft.say('fineTune:presets.label') })
      .getByText(name, { exact: true })
      .click();
  }

  /** Sets one number of the advanced drawer and closes the drawer again. */
  async setNumber(field: 'epochs' | 'batchSize' | 'patience', value: number): Promise<void> {
    const { page, say } = this.#graft;
    await page.getByRole('button', { name: say('fineTune:advanced') }).click();
    const drawer = page.getByRole('dialog', { name: say('fineTune:settings.title') });
    const input = drawer.getByRole('textbox', { name: say(`fineTune:settings.fields.${field}.name`) });
    await input.fill(String(value));
    await input.blur();
    await page.keyboard.press('Escape');
    await expect(drawer).toBeHidden();
  }

  /** Starts a run with the settings as they are. */
  async start(): Promise<void> {
    await this.open();
    await this.teachButton.click();
    await expect(this.button('stop')).toBeVisible();
  }

  /** Waits until the n-th run is finished. */
  async finished(runs: number, timeout = 60_000): Promise<void> {
    const line = this.#graft.say('common:rail.fineTuneDone', { count: runs });
    await expect(this.#graft.railButton('fine-tune')).toContainText(line, { timeout });
  }

  /** Teaches the first run with the settings as they are. */
  async teach(timeout = 60_000): Promise<void> {
    await this.open();
    await this.teachButton.click();
    await this.finished(1, timeout);
  }

  /** The line that counts epochs while it learns. */
  get epoch(): Locator {
    const { page, say } = this.#graft;
    return page.getByText(like(say('fineTune:running.stage.training', { epoch: '*', epochs: '*' }))).first();
  }

  /** The number of the epoch that is being learned. */
  async currentEpoch(): Promise<number> {
    return Number(/\d+/.exec((await this.epoch.textContent()) ?? '')?.[0] ?? 0);
  }

  /** What is said about the last run. */
  result(kind: 'done' | 'stopped' | 'early-stopped' | 'failed' | 'interrupted'): Locator {
    const { page, say } = this.#graft;
    return page.getByText(like(say(`fineTune:result.${kind}`, { epochs: '*', time: '*' })));
  }
}
