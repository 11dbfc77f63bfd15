/** @file Who speaks the sample sets of words, and how each word is written for the synthesisers: data only. */
import type { SpokenSetId } from '../../src/data/sample-set/spoken-words.ts';

/** One speaker, who says every word of a language once. */
export interface Speaker {
  readonly program: 'espeak-ng' | 'flite';
  /** Of eSpeak NG language and variant, of Flite the name of the voice. */
  readonly voice: string;
  /** Words a minute; 175 is what eSpeak NG calls normal. */
  readonly speed: number;
  /** 0..100; 50 is the voice's own. */
  readonly pitch: number;
}

const espeak = (language: string, variant: string, speed: number, pitch: number): Speaker => ({
  program: 'espeak-ng',
  voice: `${language}+${variant}`,
  speed,
  pitch,
});
/** In pinyin. */
const mandarin = (variant: string, speed: number, pitch: number) =>
  espeak('cmn-latn-pinyin', variant, speed, pitch);
const flite = (voice: string, speed: number): Speaker => ({ program: 'flite', voice, speed, pitch: 50 });

const ENGLISH: readonly Speaker[] = [
  espeak('en-gb', 'm1', 150, 45),
  espeak('en-us', 'f1', 160, 55),
  espeak('en-gb-scotland', 'm2', 140, 40),
  espeak('en-gb-x-rp', 'f2', 150, 50),
  espeak('en-us', 'm3', 170, 52),
  espeak('en-gb', 'f3', 135, 62),
  espeak('en-us-nyc', 'm4', 150, 35),
  espeak('en-029', 'f4', 145, 48),
  espeak('en-gb-x-gbclan', 'm5', 155, 58),
  espeak('en-gb-x-rp', 'f5', 165, 42),
  espeak('en-gb-x-gbcwmd', 'm6', 130, 50),
  espeak('en-us', 'm7', 145, 30),
  espeak('en-gb', 'm8', 160, 60),
  espeak('en-us', 'Annie', 140, 56),
  espeak('en-gb', 'Alex', 165, 48),
  espeak('en-us', 'grandpa', 125, 45),
  espeak('en-gb', 'grandma', 130, 50),
  espeak('en-us', 'belinda', 150, 66),
  espeak('en-gb-scotland', 'linda', 155, 45),
  espeak('en-gb-x-rp', 'david', 140, 38),
  espeak('en-us', 'steph', 175, 52),
  espeak('en-us-nyc', 'boris', 145, 42),
  espeak('en-029', 'victor', 160, 50),
  espeak('en-gb', 'klatt4', 150, 54),
  flite('awb', 160),
  flite('rms', 175),
  flite('slt', 150),
  flite('kal16', 165),
];

/** Flite has no Chinese. Written in pinyin, so that no other reading is guessed. */
const CHINESE: readonly Speaker[] = [
  mandarin('m1', 150, 45),
  mandarin('f1', 160, 55),
  mandarin('m2', 140, 40),
  mandarin('f2', 150, 50),
  mandarin('m3', 170, 52),
  mandarin('f3', 135, 62),
  mandarin('m4', 150, 35),
  mandarin('f4', 145, 48),
  mandarin('m5', 155, 58),
  mandarin('f5', 165, 42),
  mandarin('m6', 130, 50),
  mandarin('m7', 145, 30),
  mandarin('m8', 160, 60),
  mandarin('Annie', 140, 56),
  mandarin('Alex', 165, 48),
  mandarin('grandpa', 125, 45),
  mandarin('grandma', 130, 50),
  mandarin('belinda', 150, 66),
  mandarin('linda', 155, 45),
  mandarin('david', 140, 38),
  mandarin('steph', 175, 52),
  mandarin('boris', 145, 42),
  mandarin('victor', 160, 50),
  mandarin('klatt4', 150, 54),
  mandarin('anika', 150, 40),
  mandarin('Alicia', 135, 60),
  mandarin('travis', 165, 36),
  mandarin('Nguyen', 155, 50),
];

export const SPEAKERS: Readonly<Record<SpokenSetId, readonly Speaker[]>> = {
  englishWords: ENGLISH,
  chineseWords: CHINESE,
};

/** How a class is written for the synthesiser, where not as its name. */
export const SPELLINGS: Readonly<Record<string, string>> = {
  前进: 'qian2 jin4',
  后退: 'hou4 tui4',
  左转: 'zuo3 zhuan3',
  右转: 'you4 zhuan3',
  开始: 'kai1 shi3',
  停止: 'ting2 zhi3',
  是的: 'shi4 de5',
  不是: 'bu2 shi4',
};
