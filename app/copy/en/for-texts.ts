import type { KindCopy } from '../in-kind.ts';

/** What is said in a project of texts. */
export const forTexts: KindCopy = {
  words: [
    [/(?<!\{\{)\bpicture/g, 'text'],
    [/\bPicture/g, 'Text'],
  ],
  sentences: {
    choose: {
      lead: 'Someone has already taught a network to read. Take it as the root (pre-trained model) and graft your own skill onto it.',
      tasks: { pictures: { name: 'Pictures', line: 'Tell apart what is in a photo' } },
    },
    common: {
      help: {
        idea: 'A graft joins a new shoot to an old, strong root. Here the root is a network that has already read a great many sentences; the shoot is what you teach it with a few texts of your own.',
      },
      announce: { features: 'Reading each text once.' },
    },
    errors: {
      'file-not-a-picture': 'This is not a picture, whatever its name says.',
      'file-unsupported': 'This is no plain text ({{kind}}). Save it as text (TXT, CSV) and drop it again.',
      'file-too-large': 'The file is too large for one text. Cut it into parts and drop it again.',
    },
    evaluate: {
      matrix: {
        lead: 'Each row holds the texts of one class, each column what the model called them. Choose a number to read its texts.',
      },
    },
    exam: {
      card: {
        limitSource: 'The samples come from one project. Other writers or subjects may give other results.',
      },
    },
    fineTune: {
      tree: { stem: 'Pieces of words (embedding)', conv: 'Last layers' },
      presets: { deep: { line: 'The last layers too, for texts unlike everyday sentences.' } },
      running: { stage: { features: 'Reading each text once' } },
      settings: { fields: { batchSize: { line: 'How many texts it reads before each correction.' } } },
    },
    live: {
      camera: 'Write',
      answers: 'What the model reads',
      learning: 'Reading new texts',
      stale: 'This run has not read your latest changes.',
    },
    prepare: {
      sampleProgress: 'Taking the sample set',
      lead: 'One class for each answer you want. Show the model which text belongs where.',
      empty: {
        sampleTitle: 'Take a sample set',
        sampleText:
          'Reviews that praise, complain or only describe, or questions on five topics. Short, in English, written for a first try.',
        cameraTitle: 'Write or paste',
        cameraText:
          'Write a few texts for one class, then for the next. Each line becomes a text of its own.',
        cameraButton: 'Start writing',
        filesTitle: 'Add a table or files',
        filesText:
          'A table (CSV, TSV, JSON, Parquet) with a column of texts and one of labels, or a folder of folders of TXT files. Each label becomes a class.',
      },
      camera: 'Write',
      class: { cameraFor: 'Write texts for {{name}}', closeCamera: 'Stop writing for {{name}}' },
      selection: { view: 'Read it' },
      split: {
        grouped_one: '{{count}} text has relatives: they stay on one side.',
        grouped_other: '{{count}} texts have relatives: relatives stay on one side.',
        groupedNone: 'Duplicates always stay on one side.',
      },
      doctor: {
        lead: 'Finds labels that the other texts contradict, and texts unlike all others of their class.',
        run: 'Go through the texts',
        again: 'Go through them again',
        running: 'Going through the texts',
        well_one: '{{count}} text examined. Nothing stands out.',
        well_other: '{{count}} texts examined. Nothing stands out.',
        labelsHint: 'The most doubtful first. Read before you move: an unusual text may be right.',
      },
      folds: { noRelatives: 'No text has relatives (copies), so nothing can leak.' },
      table: {
        rows_one: '{{count}} row, {{matched}} with a text',
        rows_other: '{{rows}} rows, {{matched}} with a text',
        file: 'Texts',
        fileHint: 'The column with the texts',
        labelHint: 'What each text is',
        groupHint: 'A writer, a document, a conversation: never on two sides of the split',
      },
    },
    use: { try: { camera: 'Write', waiting: 'Write a text, and the answer appears here.' } },
    why: {
      lead: 'The marked words show what spoke for a class. A model that answers right because of the wrong words fails elsewhere.',
      views: { occlusion: 'Leaving out' },
      covering: 'Leaving out word {{done}} of {{total}}',
      near: { looking: 'Comparing with what it learned from: {{done}} of {{total}} texts' },
    },
    workshop: { more: { camera: 'Write texts' } },
  },
};
