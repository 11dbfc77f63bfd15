import { expect, type Locator, type Page } from '@playwright/test';
import type { SampleKind } from '../../src/core/tasks.ts';
import type { BackendName } from '../../src/index.ts';
import { copyOf, type Language, type Say } from './copy.ts';
import { EvaluateStep } from './evaluate-step.ts';
import { FineTuneStep } from './fine-tune-step.ts';
import { LivePanel } from './live-panel.ts';
import { PrepareStep } from './prepare-step.ts';

export const STEPS = ['choose', 'prepare', 'fine-tune', 'evaluate', 'use'] as const;
export type Step = (typeof STEPS)[number];

/** The page as a person sees it: by roles and by the words of its own catalogue. */
export class GraftPage {
  readonly page: Page;
  readonly say: Say;
  readonly language: Language;
  readonly prepare: PrepareStep;
  readonly fineTune: FineTuneStep;
  readonly evaluate: EvaluateStep;
  readonly live: LivePanel;

  constructor(page: Page, language: Language = 'en', kind: SampleKind = 'picture') {
    this.page = page;
    this.language = language;
    this.say = copyOf(language, kind);
    this.prepare = new PrepareStep(this);
    this.fineTune = new FineTuneStep(this);
    this.evaluate = new EvaluateStep(this);
    this.live = new LivePanel(this);
  }

  /** Opens the page and waits until the project is there and the model is loaded. */
  async open(address = '/', options: { timeout?: number } = {}): Promise<void> {
    await this.page.goto(address);
    await this.ready(options);
  }

  /** @param options The runner's own timeout, unless another is given, ms for each of the waits. */
  async ready(options: { timeout?: number } = {}): Promise<void> {
    const choose = this.railButton('choose');
    await expect(choose).toBeVisible(options);
    await expect(choose).not.toContainText(this.say('common:rail.opening'), options);
    await expect(choose).not.toContainText(this.say('common:rail.chooseLoading'), options);
  }

  railButton(step: Step): Locator {
    return this.page
      .getByRole('navigation', { name: this.say('common:steps.label') })
      .getByRole('button', { name: this.say(`common:steps.${step}`) });
  }

  async goTo(step: Step): Promise<void> {
    const button = this.railButton(step);
    await expect(button).not.toHaveAttribute('aria-disabled', 'true', { timeout: 60_000 });
    if ((await button.getAttribute('aria-current')) === null) await button.click();
    await expect(button).toHaveAttribute('aria-current', 'step');
  }

  /** Begins a project of sounds, of which the page then speaks. There must be nothing to lose. */
  async chooseSounds(): Promise<void> {
    await this.chooseTask('sounds', 'Speech embedding');
  }

  /** Begins a project of another task, with its first model. There must be nothing to lose. */
  async chooseTask(task: 'sounds' | 'sentences', model: string): Promise<void> {
    await this.goTo('choose');
    const tile = this.page.getByRole('radio', { name: this.say(`choose:tasks.${task}.name`) });
    // Chosen once the new project is there, which is why it is no `check()`.
    await tile.click();
    await expect(tile).toBeChecked();
    await this.ready();
    await expect(
      this.page.getByRole('button', { name: this.say('choose:models.use', { model }) }),
    ).toHaveAttribute('aria-pressed', 'true');
  }

  /** Overrules what computes, and waits until that is measured. */
  async chooseBackend(backend: BackendName): Promise<void> {
    const label = this.say('common:device.label');
    const chip = this.page.getByRole('button', { name: label });
    await chip.click();
    const choice = this.page.getByRole('combobox', { name: this.say('common:device.choose') });
    await choice.selectOption(backend);
    await expect(chip).toContainText(this.say(`common:device.short.${backend}`), { timeout: 120_000 });
    await expect(choice).toBeEnabled();
    await this.page.keyboard.press('Escape');
  }

  /** Messages to the person that are errors. */
  get alerts(): Locator {
    return this.page.getByRole('alert');
  }
}
