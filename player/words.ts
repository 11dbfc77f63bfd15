/** @file What the page of an exported model says. */

const en = {
  lead: (base: string) =>
    `This file answers by itself: nothing is sent anywhere, and no connection is needed. It was fine-tuned from ${base}.`,
  choose: 'Choose a picture',
  drop: 'or drop one here',
  camera: 'Start the camera',
  stop: 'Stop the camera',
  refused: 'The camera could not be opened. Allow it in the browser, or choose a picture.',
  unreadable: (name: string) => `${name} is no picture that this browser can read.`,
  unsure: 'I do not know',
  loading: 'The model is being opened …',
  failed: (reason: string) => `The model could not be opened here: ${reason}`,
  answers: 'Answers',
  tested: (agreeing: number, checked: number, difference: string) =>
    `Tested just now: ${agreeing} of ${checked} answers are the same as in the app, the largest difference is ${difference}.`,
};

const zh: typeof en = {
  lead: (base) => `这个文件自己就能作答：不联网，也不会把任何东西发送出去。模型由 ${base} 微调而来。`,
  choose: '选择图片',
  drop: '或拖到这里',
  camera: '打开摄像头',
  stop: '关闭摄像头',
  refused: '摄像头打不开。请在浏览器中允许使用，或选择一张图片。',
  unreadable: (name) => `浏览器读不了“${name}”，它可能不是图片。`,
  unsure: '说不准',
  loading: '正在打开模型……',
  failed: (reason) => `模型在这里打不开：${reason}`,
  answers: '答案',
  tested: (agreeing, checked, difference) =>
    `刚刚自检：${checked} 个答案中有 ${agreeing} 个与应用中一致，最大相差 ${difference}。`,
};

export type Words = typeof en;

export function wordsOf(language: string): Words {
  return language.startsWith('zh') ? zh : en;
}
