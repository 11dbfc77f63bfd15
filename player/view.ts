import type { ExportCheck } from '../src/core/export.ts';
import type { PlayerFacts } from '../src/export/player-facts.ts';
import { wordsOf } from './words.ts';

/** What a person sees and does. */
export interface View {
  onPicture(take: (file: File) => Promise<void>): void;
  /** `run` goes on as long as `isOn` says so. */
  onCamera(run: (video: HTMLVideoElement, isOn: () => boolean) => Promise<void>): void;
  ready(): void;
  answered(probabilities: ArrayLike<number>): void;
  unreadable(name: string): void;
  tested(check: ExportCheck): void;
  fail(reason: string): void;
}

/** Rows that are shown; the most probable of more classes. */
const MOST_ROWS = 10;

export function createView(facts: PlayerFacts): View {
  const words = wordsOf(facts.language);
  const { labels, abstainBelow } = facts;
  const status = element('p', { role: 'status' });
  const stage = element('div', { class: 'stage' });
  const list = element('ol', { 'aria-label': words.answers });
  const verdict = element('p', { class: 'verdict', 'aria-live': 'polite' });
  const field = element('input', { type: 'file', accept: 'image/*', id: 'picture', disabled: '' });
  const label = element('label', { for: 'picture', class: 'button' }, words.choose);
  const camera = element('button', { type: 'button', disabled: '' }, words.camera);
  const footer = element('footer', {});
  const show = (text: string) => {
    status.textContent = text;
  };
  show(words.loading);
  document.body.append(
    element('h1', {}, facts.title),
    element('p', { class: 'lead' }, words.lead(facts.base.name)),
    row('controls', field, label, camera, element('span', { class: 'hint' }, words.drop)),
    status,
    row('answer', stage, row('side', verdict, list)),
    footer,
  );
  const bars = createBars(list, labels);
  let stop: () => void = () => undefined;
  return {
    onPicture: (take) =>
      watchPictures(field, (file) => {
        stop();
        show('');
        stage.replaceChildren(imageOf(file));
        void take(file);
      }),
    onCamera(run) {
      camera.addEventListener('click', () => {
        if (camera.textContent === words.stop) stop();
        else void openCamera(run);
      });
    },
    ready() {
      show('');
      field.disabled = false;
      camera.disabled = false;
    },
    answered(probabilities) {
      const best = bars(probabilities);
      const sure = (probabilities[best] ?? 0) >= abstainBelow;
      verdict.textContent = sure ? (labels[best] ?? '') : words.unsure;
    },
    unreadable(name) {
      stage.replaceChildren();
      show(words.unreadable(name));
    },
    tested({ agreeing, checked, largestDifference }) {
      footer.textContent = words.tested(agreeing, checked, largestDifference.toExponential(0));
    },
    fail: (reason) => show(words.failed(reason)),
  };

  async function openCamera(run: Parameters<View['onCamera']>[0]): Promise<void> {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true }).catch(() => null);
    if (stream === null) {
      show(words.refused);
      return;
    }
    const video = element('video', { muted: '', playsinline: '' });
    video.srcObject = stream;
    await video.play();
    stage.replaceChildren(video);
    show('');
    camera.textContent = words.stop;
    let on = true;
    stop = () => {
      on = false;
      for (const track of stream.getTracks()) track.stop();
      camera.textContent = words.camera;
      stop = () => undefined;
    };
    await run(video, () => on);
  }
}

function imageOf(file: File): HTMLImageElement {
  const image = element('img', { alt: file.name });
  image.src = URL.createObjectURL(file);
  image.onload = () => URL.revokeObjectURL(image.src);
  return image;
}

/** Pictures that are chosen or dropped. */
function watchPictures(field: HTMLInputElement, picture: (file: File) => void): void {
  field.addEventListener('change', () => {
    const [file] = field.files ?? [];
    if (file !== undefined) picture(file);
    field.value = '';
  });
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) picture(file);
  });
}

/** Bars in the order of the classes; of many classes, the most probable first. Gives the index of the best. */
function createBars(
  list: HTMLOListElement,
  labels: readonly string[],
): (values: ArrayLike<number>) => number {
  const rows = labels.slice(0, MOST_ROWS).map(() => {
    const name = element('span', { class: 'name' });
    const fill = element('i', {});
    const value = element('span', { class: 'value' });
    list.append(row('', name, row('bar', fill), value, 'li'));
    return { name, fill, value };
  });
  return (values) => {
    const order = labels.map((_, index) => index);
    const byProbability = order.toSorted((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
    const shown = labels.length > MOST_ROWS ? byProbability : order;
    rows.forEach(({ name, fill, value }, at) => {
      const index = shown[at] ?? 0;
      const percent = 100 * (values[index] ?? 0);
      name.textContent = labels[index] ?? '';
      fill.style.width = `${percent.toFixed(1)}%`;
      value.textContent = `${percent.toFixed(0)} %`;
    });
    return byProbability[0] ?? 0;
  };
}

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
  text = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

function row(className: string, ...parts: (Node | 'li')[]): HTMLElement {
  const made = document.createElement(parts.at(-1) === 'li' ? 'li' : 'div');
  if (className !== '') made.className = className;
  made.append(...parts.filter((part) => part !== 'li'));
  return made;
}
