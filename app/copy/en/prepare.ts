export const prepare = {
  title: 'prepare',
};
