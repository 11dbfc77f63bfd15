import { expect, type Locator, type Page } from '@playwright/test';
import type { GraftPage } from './graft-page.ts';
import type { GivenFile } from './prepare-step.ts';

/** One line of the live panel. */
export interface LiveAnswer {
  readonly name: string;
  readonly percent: string;
}

export class LivePanel {
  readonly #graft: GraftPage;
  readonly #page: Page;

  constructor(graft: GraftPage) {
    this.#graft = graft;
    this.#page = graft.page;
  }

  get region(): Locator {
    return this.#page.getByRole('region', { name: this.#graft.say('live:title'), exact: true });
  }

  get rows(): Locator {
    return this.region.getByRole('list', { name: this.#graft.say('live:answers') }).getByRole('listitem');
  }

  /** Which model answers. */
  get speaker(): Locator {
    return this.region.getByRole('combobox', { name: this.#graft.say('live:model') });
  }

  /** On a narrow page the panel must be pulled up first: tells whether it was. */
  async show(): Promise<boolean> {
    const opener = this.#page.getByRole('button', { name: this.#graft.say('common:header.openLive') });
    const pulledUp = !(await this.region.isVisible());
    if (pulledUp) await opener.click();
    await expect(this.region).toBeVisible();
    return pulledUp;
  }

  /** Starts the camera, unless pulling up the panel has done so. */
  async startCamera(): Promise<void> {
    if (!(await this.show()))
      await this.region.getByRole('button', { name: this.#graft.say('capture:start') }).click();
  }

  async chooseFile(file: Exclude<GivenFile, string>): Promise<void> {
    await this.show();
    await this.region.getByText(this.#graft.say('live:file'), { exact: true }).click();
    await this.region.locator('input[type=file]').setInputFiles(file);
  }

  /** The answers once the model has spoken. */
  async answers(): Promise<LiveAnswer[]> {
    await expect(this.region.locator('[data-silent]')).toHaveCount(0);
    await expect(this.rows.first()).toBeVisible();
    return this.rows.evaluateAll((rows) =>
      rows.map((row) => {
        const spans = [...row.querySelectorAll('span[title], span[title] + span')];
        return { name: spans[0]?.textContent ?? '', percent: spans[1]?.textContent ?? '' };
      }),
    );
  }

  /** Waits until the panel answers with this class first. */
  async expectBest(className: string): Promise<void> {
    const best = this.region.locator('[data-best=true]').getByTitle(className, { exact: true }).first();
    await expect(this.region.locator('[data-silent]')).toHaveCount(0);
    await expect(best, `the live panel says ${className}`).toBeVisible();
  }
}
