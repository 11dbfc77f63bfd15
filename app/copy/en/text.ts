/** Texts: writing them, trying them, what cannot be had of them. */
export const text = {
  write: {
    label: 'Texts for {{name}}',
    hint: 'One text a line. Copies are left out.',
    add: 'Add',
  },
  try: {
    label: 'A text to try',
    hint: 'The answer follows as you type. The first 128 pieces (about 90 words) are read.',
  },
  foreign: 'This model learned from English. In this language its answer is little better than a guess.',
  noExport: 'Models of texts cannot be taken out as a file yet. The project can: it opens on any machine.',
};
