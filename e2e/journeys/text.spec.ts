import { expect, given, test } from '../fixtures.ts';
import { like } from '../pages/copy.ts';
import type { GraftPage } from '../pages/graft-page.ts';

test.use({ kind: 'text' });

const MEALS = ['soup', 'bread', 'cake', 'rice', 'salad', 'cheese', 'stew', 'pasta'];
const TEAMS = ['goal', 'race', 'match', 'league', 'coach', 'referee', 'tournament', 'penalty'];
const ROWS = [
  ...MEALS.flatMap((word) => [
    [`We cooked a very good ${word} for dinner, with salt`, 'food'],
    [`Please pass me some more of the ${word}`, 'food'],
  ]),
  ...TEAMS.flatMap((word) => [
    [`The players talked about the ${word} after the game`, 'sport'],
    [`Another ${word} made the stadium shout`, 'sport'],
  ]),
];

test('a table of texts is added, taught and examined, and a written text is answered', async ({
  graft,
  page,
}) => {
  const table = `text,label\n${ROWS.map(([text, label]) => `"${text}",${label}`).join('\n')}\n"",food\n`;
  await graft.open();
  await graft.chooseTask('sentences', 'Universal Sentence Encoder Lite');
  await graft.prepare.open();
  await page
    .getByTestId('pick-files')
    .first()
    .setInputFiles(given('texts.csv', new TextEncoder().encode(table), 'text/csv'));
  await graft.prepare.agree();
  await graft.prepare.waitForPictures(ROWS.length);
  await expect(graft.prepare.cards).toHaveCount(2);
  await expect(
    graft.prepare
      .card('food')
      .getByText(/We cooked a very good|Please pass me/u)
      .first(),
  ).toBeVisible();

  const box = graft.live.region.getByRole('textbox', { name: graft.say('text:try.label') });
  await box.fill('She fried an egg and ate it with potatoes');
  await graft.live.expectBest('food');
  await box.fill('The striker scored twice in the second half');
  await graft.live.expectBest('sport');
  await box.fill('Это хороший фильм');
  await expect(graft.live.region.getByText(graft.say('text:foreign'))).toBeVisible();

  await graft.fineTune.teach();
  await graft.evaluate.open();
  const { total, accuracy } = await graft.evaluate.score();
  expect(total).toBeGreaterThanOrEqual(4);
  expect(accuracy).toBeGreaterThanOrEqual(0.8);
  await expect(page.getByText(graft.say('stress:title'))).toBeHidden();
  await asked(graft);

  await graft.prepare.open();
  await graft.prepare.card('sport').getByRole('option').first().dblclick();
  await expect(page.getByRole('dialog').getByText(/players talked|stadium shout/u)).toBeVisible();
});

/** A text of the exam and one that is written are asked why: the words that counted are marked, with their numbers. */
async function asked(graft: GraftPage): Promise<void> {
  const { page, say } = graft;
  await graft.evaluate.cell('food', 'food').click();
  const open = like(say('evaluate:mistakes.open', { name: '*' }));
  await graft.evaluate.mistakes.getByRole('button', { name: open }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(say('why:views.gradient-input'), { exact: true }).click();
  const label = say('why:words.label', { name: 'food' });
  const marked = dialog.getByRole('group', { name: label });
  await expect(marked.locator('mark[title]').first()).toBeVisible();
  await expect(dialog.getByText(like(say('why:words.for', { name: 'food', words: '*' })))).toBeVisible();
  await dialog.getByText(say('why:words.list')).click();
  await expect(dialog.getByRole('columnheader', { name: say('why:words.word') })).toBeVisible();
  await dialog.getByText(say('why:views.occlusion'), { exact: true }).click();
  const covered = say('why:words.covered', { name: 'food', before: '*', after: '*' });
  await expect(dialog.getByText(like(covered))).toBeVisible();
  await page.keyboard.press('Escape');

  await graft.goTo('use');
  const section = page.getByRole('main');
  await section
    .getByRole('textbox', { name: say('text:try.label') })
    .fill('They made us a tasty cake after lunch');
  await section.getByText(say('why:views.gradient-input'), { exact: true }).click();
  await expect(section.getByRole('group', { name: label }).getByText('cake')).toHaveAttribute(
    'data-towards',
    'for',
  );
}

test('the questions that come with the site are taken, taught, and tell a new one', async ({
  graft,
  page,
}) => {
  await graft.open();
  await graft.chooseTask('sentences', 'Universal Sentence Encoder Lite');
  await graft.prepare.open();
  await page.getByRole('button', { name: graft.say('prepare:empty.sampleButtons.questions') }).click();
  await graft.prepare.waitForPictures(200);
  await expect(graft.prepare.cards).toHaveCount(5);
  await graft.fineTune.teach();
  await graft.evaluate.open();
  const { accuracy } = await graft.evaluate.score();
  expect(accuracy).toBeGreaterThanOrEqual(0.75);
  await page.getByRole('button', { name: graft.say('exam:baseline.start') }).click();
  // Sums of other numbers than the run's: the simple model sat the exam too.
  await expect(page.getByText(/^Counting words: \d+ of \d+ right/u)).toBeVisible();
  await expect(page.getByText(/^Pre-training was worth it|^This exam cannot tell run 1/u)).toBeVisible();
  await graft.live.region
    .getByRole('textbox', { name: graft.say('text:try.label') })
    .fill('Which planet has the most moons?');
  await graft.live.expectBest(graft.say('prepare:sample.space'));
});
