/** Mending what the exam showed: many pictures at once, more of a class, teaching on. */
export const workshop = {
  tools: 'Mend many at once',
  pick: 'Pick {{name}}',
  pickAll_one: 'Pick all ({{count}})',
  pickAll_other: 'Pick all ({{count}})',
  moveTo: 'Class to move them to',
  move_one: 'Move {{count}} picture',
  move_other: 'Move {{count}} pictures',
  delete_one: 'Delete {{count}} picture',
  delete_other: 'Delete {{count}} pictures',
  more: {
    open: 'Add more of {{name}}',
    title: 'More pictures of {{name}}',
    lead: 'The best ones are like those that it got wrong. Each new picture is put to learning, checking or the exam like all others.',
    files: 'Choose files',
    camera: 'Use the camera',
  },
  retrain: {
    title: 'Has mending helped?',
    lead: 'The pictures have changed since run {{number}} learned. Teach on from where it is, with what you mended: both are then examined on the same pictures.',
    on: 'Teach on from run {{number}} and compare',
    afresh: 'Teach afresh',
    working: 'Teaching on, then examining both',
  },
  change: {
    sum: 'Run {{earlier}} got {{before}} of {{total}} right; run {{run}}, which began with its weights, {{after}}.',
    other:
      'Run {{number}}, with whose weights this one began, was examined on other pictures or labels: examine it again to compare.',
    run: 'Run {{number}}',
    right: '{{truth}}, right',
    wrong: '{{truth}} called {{predicted}}',
    better: 'better',
    worse: 'worse',
  },
};
