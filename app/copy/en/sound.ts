import { BACKGROUND } from '../background.ts';

/** Sounds: listening to them, recording them, what cannot be had of them. */
export const sound = {
  wave: 'Waveform of {{name}}',
  spectrum: 'Spectrogram: time to the right, high above low',
  play: 'Play {{name}}',
  seconds: '{{seconds}} s',
  chosen: 'The sound you chose',
  background: BACKGROUND.en,
  addBackground: 'Add background noise',
  record: {
    cut: 'How to cut the recording',
    cutSounds: 'At pauses',
    cutEvenly: 'Evenly (noise)',
    start: 'Start recording',
    stop: 'Stop ({{seconds}} s)',
    keeping: 'Cutting the recording',
    taken_one: '{{count}} sound was cut out and added to {{name}}.',
    taken_other: '{{count}} sounds were cut out and added to {{name}}.',
    hint: {
      sounds: 'Say it several times, with a short pause each time.',
      evenly: 'Let it run: noise is cut into pieces of one and a half seconds.',
    },
  },
  microphone: {
    starting: 'Starting the microphone. The browser may ask you to allow it.',
    start: 'Start the microphone',
    again: 'Try again',
    level: 'Level of the microphone',
    problem: {
      refused:
        'The microphone was refused. Allow it for this page with the microphone or lock sign beside the address, then try again. You can also add files instead.',
      absent: 'No microphone was found. Plug one in and try again, or add files instead.',
      busy: 'The microphone does not answer; another program may be using it. Close that program and try again.',
      unplugged:
        'The microphone went away while it was on. What was recorded so far is kept. Plug it in and try again.',
      insecure:
        'Browsers give the microphone only to pages with https. Open this page over https, or add files.',
      failed: 'The microphone could not be started. Try again, or add files instead.',
    },
    doubt: {
      muted:
        'Nothing arrives at all: the microphone is muted. Look for a switch on it, or in the settings of the system.',
      telephone:
        'This microphone gives telephone quality only (8 kHz), as some headsets do. It works, but high sounds are lost; choose another one if you can.',
      stereo: 'Several channels arrive; their mean is used.',
    },
  },
  live: {
    listening: 'Listening',
    threshold: 'Told from {{percent}} on',
  },
  noExport: 'Models of sounds cannot be taken out as a file yet. The project can: it opens on any machine.',
};
