import { expect, type Locator } from '@playwright/test';
import { like } from './copy.ts';
import type { GraftPage } from './graft-page.ts';
import type { GivenFile } from './prepare-step.ts';

/** The dialog in which a person brings a model, and the cards of what they brought. */
export class OwnModelPage {
  readonly #graft: GraftPage;

  constructor(graft: GraftPage) {
    this.#graft = graft;
  }

  get dialog(): Locator {
    return this.#graft.page.getByRole('dialog', { name: this.#graft.say('ownModel:title') });
  }

  /** Brings a file through the picker. */
  async bring(file: Exclude<GivenFile, string>): Promise<void> {
    const { page, say } = this.#graft;
    await this.#graft.goTo('choose');
    if (!(await this.dialog.isVisible()))
      await page.getByRole('button', { name: say('ownModel:card.name') }).click();
    await page.getByTestId('pick-model').setInputFiles(file);
  }

  /** Drops a file anywhere on the page. */
  async drop({ name, buffer }: Exclude<GivenFile, string>): Promise<void> {
    const { page } = this.#graft;
    await this.#graft.goTo('choose');
    const transfer = await page.evaluateHandle(
      ([path, bytes]) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(bytes)], path));
        return data;
      },
      [name, [...buffer]] as const,
    );
    await page.getByRole('main').dispatchEvent('drop', { dataTransfer: transfer });
  }

  /** Waits for the report of a model that works. */
  async works(): Promise<void> {
    const { say } = this.#graft;
    const sentence = say('ownModel:report.good', { features: '*', blocks: '*' });
    await expect(this.dialog.getByText(like(sentence))).toBeVisible({ timeout: 60_000 });
  }

  /** Takes the model, by default with the classes that it brings where it brings some. */
  async take({ withClasses = true } = {}): Promise<void> {
    const classes = this.dialog.getByRole('checkbox');
    if (!withClasses && (await classes.isVisible())) await classes.uncheck();
    await this.dialog.getByRole('button', { name: this.#graft.say('ownModel:report.use') }).click();
    await expect(this.dialog).toBeHidden({ timeout: 60_000 });
  }

  /** The button of a model's card. */
  card(name: string): Locator {
    return this.#graft.page.getByRole('button', {
      name: this.#graft.say('choose:models.use', { model: name }),
    });
  }

  /** Removes a model and agrees. */
  async remove(name: string): Promise<void> {
    const { page, say } = this.#graft;
    await page.getByRole('button', { name: say('ownModel:yours.remove', { model: name }) }).click();
    const question = page.getByRole('dialog', { name: say('ownModel:yours.removeTitle') });
    await question.getByRole('button', { name: say('ownModel:yours.removeAgree') }).click();
    await expect(this.card(name)).toHaveCount(0);
  }
}
