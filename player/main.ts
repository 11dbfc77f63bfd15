/** @file The page of an exported model: it runs from a file, without a network, and asks nobody for anything. */
import { squarePixels } from '../src/data/decode/augment.ts';
import { FACTS_ID, MODEL_ID, type PlayerFacts, type SelfTest } from '../src/export/player-facts.ts';
import { pattern } from '../src/export/test-vectors.ts';
import { type Answer, compareAnswers } from '../src/export/verify.ts';
import { openModel } from './model.ts';
import { createView, type View } from './view.ts';

void start();

async function start(): Promise<void> {
  const facts = JSON.parse(textOf(FACTS_ID)) as PlayerFacts;
  const view = createView(facts);
  try {
    const answer = await openModel(
      Uint8Array.from(atob(textOf(MODEL_ID).trim()), (sign) => sign.charCodeAt(0)),
      facts,
    );
    await testItself(facts, answer, view);
    listen(facts, answer, view);
  } catch (thrown) {
    view.fail(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? '';
}

async function testItself(
  { expected, tolerance, inputSize }: PlayerFacts,
  answer: Answer,
  view: View,
): Promise<void> {
  const found: Float32Array[] = [];
  for (let k = 0; k < expected.length; k++) found.push(await answer(pattern(k, inputSize)));
  const check = compareAnswers(expected, found, tolerance);
  view.tested(check);
  const message: SelfTest = { graft: 'self-test', ...check };
  // Whoever shows this page may know: it says nothing of anybody's pictures.
  if (parent !== window) parent.postMessage(message, '*');
}

function listen({ inputSize }: PlayerFacts, answer: Answer, view: View): void {
  const look = async (bitmap: ImageBitmap) => {
    const pixels = squarePixels(bitmap, inputSize);
    bitmap.close();
    view.answered(await answer(Float32Array.from(pixels)));
  };
  view.onPicture(async (file) => {
    try {
      await look(await createImageBitmap(file));
    } catch {
      view.unreadable(file.name);
    }
  });
  view.onCamera(async (video, isOn) => {
    while (isOn()) {
      if (video.readyState >= video.HAVE_CURRENT_DATA) await look(await createImageBitmap(video));
      await new Promise(requestAnimationFrame);
    }
  });
  view.ready();
}
