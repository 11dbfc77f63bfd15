import type { KindCopy } from '../in-kind.ts';

/** What is said in a project of sounds. */
export const forSounds: KindCopy = {
  words: [
    [/(?<!\{\{)\bpicture/g, 'sound'],
    [/\bPicture/g, 'Sound'],
  ],
  sentences: {
    choose: {
      lead: 'Someone has already taught a network to hear. Take it as the root (pre-trained model) and graft your own skill onto it.',
      tasks: { pictures: { name: 'Pictures', line: 'Tell apart what is in a photo' } },
    },
    common: {
      help: {
        idea: 'A graft joins a new shoot to an old, strong root. Here the root is a network that has already heard a great deal of speech; the shoot is what you teach it with a few sounds of your own.',
      },
      announce: { features: 'Listening to each sound once.' },
    },
    errors: {
      'file-not-a-picture': 'This is not a picture, whatever its name says.',
      'file-unsupported':
        'This kind of sound is not supported ({{kind}}). Save it as plain WAV or MP3 and drop it again.',
      'file-too-large': 'The file is too large to open. Cut it to a minute at most and drop it again.',
    },
    evaluate: {
      matrix: {
        lead: 'Each row holds the sounds of one class, each column what the model called them. Choose a number to hear its sounds.',
      },
    },
    exam: {
      card: {
        limitSource:
          'The samples come from one project. Other microphones, rooms or voices may give other results.',
      },
    },
    fineTune: {
      presets: { deep: { line: 'The last blocks too, for sounds unlike speech.' } },
      running: { stage: { features: 'Listening to each sound once' } },
      settings: {
        fields: {
          batchSize: { line: 'How many sounds it hears before each correction.' },
          crop: { name: 'Shift in time', line: 'Moved earlier or later by up to this part of its length.' },
          colour: { name: 'Loudness', line: 'Made louder or quieter by up to this part.' },
        },
      },
    },
    live: {
      camera: 'Microphone',
      answers: 'What the model hears',
      learning: 'Listening to new sounds',
      stale: 'This run has not heard your latest changes.',
    },
    prepare: {
      lead: 'One class for each answer you want, and one for what is none of them: background noise. Let the model hear what belongs where.',
      sampleProgress: 'Taking the sample set',
      empty: {
        sampleTitle: 'Take a sample set',
        sampleText:
          'Eight commands such as “forward”, “stop” and “yes”, in English or in Chinese, each said by 28 synthetic voices. Good for a first try.',
        cameraTitle: 'Use the microphone',
        cameraText: 'Say one word several times, then the next. Each time becomes a sound of its own.',
        cameraButton: 'Open the microphone',
        filesText:
          'A folder of folders, a zip, or single sounds (WAV, MP3, OGG, FLAC, M4A), a minute long at most. Each folder name becomes a class.',
      },
      camera: 'Microphone',
      class: {
        cameraFor: 'Microphone for {{name}}',
        closeCamera: 'Close the microphone of {{name}}',
      },
      selection: { view: 'Listen to it' },
      split: {
        grouped_one: '{{count}} sound has relatives (a duplicate or the same voice): they stay on one side.',
        grouped_other:
          '{{count}} sounds have relatives (duplicates or the same voice): relatives stay on one side.',
        groupedNone: 'Duplicates always stay on one side.',
      },
      doctor: {
        lead: 'Finds labels that the other sounds contradict, and sounds unlike all others of their class.',
        run: 'Go through the sounds',
        again: 'Go through them again',
        running: 'Going through the sounds',
        well_one: '{{count}} sound examined. Nothing stands out.',
        well_other: '{{count}} sounds examined. Nothing stands out.',
        labelsHint: 'The most doubtful first. Listen before you move: an unusual sound may be right.',
      },
      folds: { noRelatives: 'No sound has relatives (copies), so nothing can leak.' },
      table: { labelHint: 'What each sound is' },
    },
    use: {
      try: {
        camera: 'Microphone',
        waiting: 'Start the microphone or choose a sound, and the answer appears here.',
      },
    },
    why: {
      lead: 'The warm places show when, and at which pitch, something spoke for a class. A model that listens to the wrong thing fails elsewhere.',
      heat: 'What spoke for {{name}}, over time and pitch',
      near: { looking: 'Comparing with what it learned from: {{done}} of {{total}} sounds' },
    },
    workshop: { more: { camera: 'Use the microphone' } },
  },
};
