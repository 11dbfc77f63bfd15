import { expect, type Locator, type Page } from '@playwright/test';
import { anyCount, type Say } from './copy.ts';
import type { GraftPage } from './graft-page.ts';

/** What Playwright gives a file field: a path or a file made at run time. */
export type GivenFile = string | { name: string; mimeType: string; buffer: Buffer };

export class PrepareStep {
  readonly #graft: GraftPage;
  readonly #page: Page;
  readonly #say: Say;

  constructor(graft: GraftPage) {
    this.#graft = graft;
    this.#page = graft.page;
    this.#say = graft.say;
  }

  open(): Promise<void> {
    return this.#graft.goTo('prepare');
  }

  async takeSampleSet(): Promise<void> {
    await this.#page.getByRole('button', { name: this.#say('prepare:empty.sampleButtons.emoji') }).click();
    await this.waitForSampleSet();
  }

  /** Waits until the last emoji is drawn. */
  async waitForSampleSet(): Promise<void> {
    await expect.poll(() => this.pictureCount(), { timeout: 60_000 }).toBeGreaterThanOrEqual(240);
    await expect(this.#page.getByText(this.#say('prepare:sampleProgress'))).toBeHidden({ timeout: 60_000 });
  }

  /** A folder of folders, through the picker, and agrees to what it would do. */
  async addFolder(folder: string): Promise<void> {
    await this.open();
    await this.#page.getByTestId('pick-folder').first().setInputFiles(folder);
    await this.agree();
  }

  /** Files through the picker, without agreeing yet. */
  async pickFiles(files: readonly GivenFile[]): Promise<void> {
    await this.open();
    const given = files.every((file) => typeof file === 'string')
      ? files
      : files.filter((file) => typeof file !== 'string');
    await this.#page.getByTestId('pick-files').first().setInputFiles(given);
  }

  /** Files straight into one class. */
  async addFilesTo(className: string, files: readonly Exclude<GivenFile, string>[]): Promise<void> {
    await this.card(className).locator('input[type=file]').setInputFiles(files);
  }

  get dialog(): Locator {
    return this.#page.getByRole('dialog', { name: this.#say('prepare:import.title') });
  }

  async agree(): Promise<void> {
    const button = anyCount(this.#say, 'prepare:import.confirm');
    await this.dialog.getByRole('button', { name: button }).click();
  }

  /** The classes, as cards. */
  get cards(): Locator {
    return this.#page.getByRole('list', { name: this.#say('prepare:board') }).getByRole('listitem');
  }

  card(className: string): Locator {
    return this.#page
      .getByRole('list', { name: this.#say('prepare:board'), exact: true })
      .getByRole('listitem')
      .filter({ has: this.#page.getByTitle(className, { exact: true }) });
  }

  /** Waits until the rail counts so many pictures. */
  async waitForPictures(count: number, timeout = 60_000): Promise<void> {
    const said = this.#say('common:rail.pictures', { count });
    const button = this.#graft.railButton('prepare');
    // Now and then: a locator that waits asks in each frame, which the page has to answer beside its own work.
    await expect.poll(() => button.textContent(), { timeout, intervals: [250] }).toContain(said);
  }

  /** The list of files that were left out, with their reasons. */
  get leftOut(): Locator {
    return this.#page.getByRole('table').filter({ hasText: this.#say('prepare:rejected.reason') });
  }

  /** For loose files: the class that takes them all. */
  async nameTheClass(name: string): Promise<void> {
    const field = this.dialog.getByRole('combobox', { name: this.#say('prepare:import.intoLabel') });
    await field.fill(name);
    // Leaving the field closes its list, which lies over the buttons.
    await field.press('Tab');
  }

  async addClass(name: string): Promise<void> {
    await this.#page
      .getByRole('button', { name: this.#say('prepare:addClass'), exact: true })
      .first()
      .click();
    // The new class asks for its name.
    const field = this.#page.locator('input:focus');
    await field.fill(name);
    await field.press('Enter');
    await expect(this.#page.getByTitle(name, { exact: true }).first()).toBeVisible();
  }

  /** The reason of a refusal, wherever it is told: in the dialog, in the list of files left out, or in a message. */
  async expectRefused(sentence: string): Promise<void> {
    const told = this.#page.getByText(sentence);
    await expect(told.first()).toBeAttached();
  }

  get holdButton(): Locator {
    const hold = this.#page.getByRole('button', { name: this.#say('prepare:record.hold'), exact: true });
    return hold.or(
      this.#page.getByRole('button', { name: this.#say('prepare:record.holding'), exact: true }),
    );
  }

  /** Presses the button and returns, still pressing, when at least so many pictures were taken. */
  async startRecording(count: number): Promise<void> {
    const before = await this.pictureCount();
    await expect(this.holdButton).toBeEnabled();
    await this.holdButton.hover();
    await this.#page.mouse.down();
    await expect.poll(() => this.pictureCount(), { intervals: [100] }).toBeGreaterThanOrEqual(before + count);
  }

  async record(count: number): Promise<void> {
    await this.startRecording(count);
    await this.#page.mouse.up();
  }

  /** Pictures in the project, as the rail says. */
  async pictureCount(): Promise<number> {
    const line = (await this.#graft.railButton('prepare').textContent()) ?? '';
    return Number(/(\d+)\D*$/.exec(line)?.[1] ?? 0);
  }
}
