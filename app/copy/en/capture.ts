export const capture = {
  title: 'capture',
};
