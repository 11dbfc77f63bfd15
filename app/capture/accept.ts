import type { SampleKind } from '../../src/index.ts';

/** What file pickers offer for each kind of sample. Some systems know no media type for some of the endings. */
export const ACCEPT: Readonly<Record<SampleKind, string>> = {
  picture: 'image/*',
  sound: 'audio/*,.wav,.mp3,.ogg,.oga,.opus,.flac,.m4a,.aac,.aiff,.webm',
  text: 'text/plain,.txt,.text,.md',
};
