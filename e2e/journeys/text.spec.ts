import { expect, given, test } from '../fixtures.ts';

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

  await graft.prepare.open();
  await graft.prepare.card('sport').getByRole('option').first().dblclick();
  await expect(page.getByRole('dialog').getByText(/players talked|stadium shout/u)).toBeVisible();
});

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
  await graft.live.region
    .getByRole('textbox', { name: graft.say('text:try.label') })
    .fill('Which planet has the most moons?');
  await graft.live.expectBest(graft.say('prepare:sample.space'));
});
