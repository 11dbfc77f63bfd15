export const evaluate = {
  title: 'evaluate',
};
